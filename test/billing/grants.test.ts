import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Client } from 'pg'
import { until } from '../faults/waiting.ts'
import { openSoldCredit, type SoldCredit, WHY } from '../fixtures/sold-credit.ts'

/** Credit that operators give: once for each reference, booked and written down or not given at all. */

let broker: SoldCredit['broker']
let call: SoldCredit['call']
let boundAgent: SoldCredit['boundAgent']
beforeAll(async () => {
  ;({ broker, call, boundAgent } = await openSoldCredit())
})
afterAll(() => broker.close())

/** What the audit log says of grants to an account. */
function grantsAudited(accountId: string) {
  return broker.query<{ action: string; outcome: string }>(
    "SELECT action, outcome FROM audit_event WHERE account_id = $1 AND action LIKE 'billing.grant%' ORDER BY id",
    [accountId],
  )
}

test('a reference counts once for each account, and stands for one amount', async () => {
  const { accountId } = await boundAgent()
  const other = await boundAgent()
  const grant = (to: string, credits: number) =>
    call('POST', `/accounts/${to}/billing/grant`, { credits, reference: 'welcome', reason: 'a welcome' })
  expect(await grant(accountId, 25)).toMatchObject({ status: 200, body: { kept: 25, given: true } })
  expect(await grant(accountId, 25)).toMatchObject({ status: 200, body: { kept: 25, given: false } })
  expect(await grant(accountId, 30)).toMatchObject({ status: 409, body: { code: 'reference_used' } })
  expect(await grant(other.accountId, 25)).toMatchObject({ status: 200, body: { kept: 25, given: true } })
  const audited = await broker.query<{ action: string; outcome: string; reason: string; why: string | null }>(
    "SELECT action, outcome, reason, detail->>'why' AS why FROM audit_event WHERE account_id = $1 AND action LIKE 'billing.grant%' ORDER BY id",
    [accountId],
  )
  expect(audited.map(row => Object.values(row))).toEqual([
    ['billing.grant', 'done', 'a welcome', null],
    ['billing.grant_repeated', 'done', 'a welcome', null],
    ['billing.grant', 'refused', 'reference_used', 'a welcome'],
  ])
})

test('of two grants with one reference at once, one is told as given and the other as repeated', async () => {
  const { accountId } = await boundAgent()
  const other = new Client({ connectionString: broker.databaseUrl })
  await other.connect()
  try {
    // The first has booked and not committed yet.
    await other.query('BEGIN')
    await other.query(
      `INSERT INTO credit_entry (account_id, kind, amount, reference, actor, at)
       VALUES ($1::uuid, 'grant', 5000, 'operator:' || $1::text || ':letter', 'operator', now())`,
      [accountId],
    )
    const second = call('POST', `/accounts/${accountId}/billing/grant`, {
      credits: 5,
      reference: 'letter',
      reason: 'a test',
    })
    await until(async () => {
      const [waiting] = await broker.query(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      )
      return waiting
    })
    await other.query('COMMIT')
    expect(await second).toMatchObject({ status: 200, body: { given: false, kept: 5 } })
  } finally {
    await other.end()
  }
  expect(await grantsAudited(accountId)).toEqual([{ action: 'billing.grant_repeated', outcome: 'done' }])
})

test.each([
  ['credit_entry', 'that cannot be booked is not told as given'],
  ['audit_event', 'that cannot be written down is not given'],
])('with %s out of order, a grant %s', async table => {
  const { accountId } = await boundAgent()
  await broker.query(
    `CREATE FUNCTION out_of_order() RETURNS trigger AS $$ BEGIN
       IF NEW.account_id = '${accountId}' THEN RAISE EXCEPTION 'out of order'; END IF; RETURN NEW;
     END $$ LANGUAGE plpgsql`,
  )
  await broker.query(
    `CREATE TRIGGER out_of_order BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION out_of_order()`,
  )
  const grant = { credits: 5, reference: 'r', reason: 'a test' }
  try {
    expect((await call('POST', `/accounts/${accountId}/billing/grant`, grant)).status).toBe(500)
  } finally {
    await broker.query(`DROP TRIGGER out_of_order ON ${table}`)
    await broker.query('DROP FUNCTION out_of_order')
  }
  expect(await grantsAudited(accountId)).toEqual([])
  const [kept] = await broker.query('SELECT COUNT(*)::int AS rows FROM credit_entry WHERE account_id = $1', [
    accountId,
  ])
  expect(kept).toEqual({ rows: 0 })
})

test.each([
  { credits: 0 },
  { credits: -5 },
  { credits: 0.0001 },
  { credits: 1e10 },
  { credits: '5' },
  { credits: null },
  { credits: 5, reason: '' },
  { credits: 5, reference: 'with space' },
])('the grant %j is refused and gives nothing', async change => {
  const { accountId } = await boundAgent()
  const answer = await call('POST', `/accounts/${accountId}/billing/grant`, {
    reference: 'r',
    reason: 'a test',
    ...change,
  })
  expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
  expect((await call('GET', `/accounts/${accountId}/billing?${WHY}`)).body.kept).toBe(0)
})
