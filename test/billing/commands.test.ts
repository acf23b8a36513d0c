import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { brokerCommand } from '../fixtures/broker-command.ts'
import { openTestRegistry, type TestRegistry } from '../fixtures/registry-database.ts'

// The operator's commands on money and on restores, as processes.

let registry: TestRegistry
beforeAll(async () => {
  registry = await openTestRegistry()
})
afterAll(() => registry.drop())

function command(args: readonly string[], input = '') {
  const environment = {
    BROKER_DATABASE_URL: registry.databaseUrl,
    BROKER_PAYMENT: 'prepaid',
    BROKER_MONTHLY_CREDITS: '10',
  }
  return brokerCommand(args, environment, input)
}
const billing = (...args: string[]) => command(['billing', ...args])
const why = ['--why', 'a test']

test('credits are granted once, a month is collected, and the books come as CSV', async () => {
  const { accountId } = await registry.newAccount()
  const grant = () => billing('grant', accountId, '25', '--reference', 'letter-7', ...why)
  expect(await Promise.all([grant(), grant()])).toMatchObject([{ status: 0 }, { status: 0 }])
  const run = await billing('run', accountId, ...why)
  expect(run.stderr).not.toContain('Failed')
  expect(JSON.parse(run.stdout.slice(run.stdout.search(/^\{$/m)))).toMatchObject({
    state: 'paid',
    kept: 15,
    owed: 0,
  })
  const [ledger, reconciled, worse] = await Promise.all([
    billing('ledger', accountId, ...why),
    billing('reconcile', ...why),
    billing('grant', accountId, '-3', ...why),
  ])
  const lines = ledger.stdout.trimEnd().split('\r\n')
  expect(lines[0]).toBe('at,what,state,amount,keptPart,attempt,note,actor,id')
  expect(lines.filter(line => line.includes(',captured,-10,-10,'))).toHaveLength(1)
  expect(lines.filter(line => line.includes(',grant,booked,25,'))).toHaveLength(1)
  expect(JSON.parse(reconciled.stdout.slice(reconciled.stdout.search(/^\{$/m)))).toMatchObject({
    stillOpen: 0,
    kept: { received: 25, spent: 10, left: 15, agrees: true },
  })
  expect(worse).toMatchObject({ status: 1, stderr: expect.stringContaining('above 0') })
  const { rows } = await registry.pool.query(
    "SELECT actor, reason FROM audit_event WHERE account_id = $1 AND action = 'billing.run'",
    [accountId],
  )
  expect(rows).toEqual([{ actor: 'operator', reason: 'a test' }])
})

test('the books come whole, however long they are, and each look at them is in the audit log', async () => {
  const { accountId } = await registry.newAccount()
  await registry.pool.query(
    `INSERT INTO credit_entry (account_id, kind, amount, reference, actor, at)
     SELECT $1::uuid, 'grant', 1000, $1 || ':' || n, 'operator', '2026-05-01'::timestamptz + n / 3 * INTERVAL '1 second'
     FROM generate_series(1, 10500) n`,
    [accountId],
  )
  const { stdout } = await billing('ledger', accountId, ...why)
  const ids = stdout
    .trimEnd()
    .split('\r\n')
    .slice(1)
    .map(line => line.split(',').at(-1))
  expect(ids).toHaveLength(10_500)
  expect(new Set(ids).size).toBe(10_500)
  await Promise.all([
    billing('balance', accountId, ...why),
    billing('usage', accountId, ...why),
    billing('revenue', ...why),
    billing('stripe', 'list', ...why),
  ])
  const { rows } = await registry.pool.query<{ action: string; reason: string }>(
    "SELECT action, reason FROM audit_event WHERE account_id = $1 OR action IN ('billing.revenue_read', 'billing.stripe_read') ORDER BY action",
    [accountId],
  )
  expect(rows).toEqual([
    { action: 'billing.balance_read', reason: 'a test' },
    { action: 'billing.ledger_exported', reason: 'a test' },
    { action: 'billing.revenue_read', reason: 'a test' },
    { action: 'billing.stripe_read', reason: 'a test' },
    { action: 'billing.usage_read', reason: 'a test' },
  ])
})

test('no reason, and a day that does not exist, are refused before anything is done', async () => {
  const { accountId } = await registry.newAccount()
  const refused = await Promise.all([
    billing('grant', accountId, '5', '--why', ' '),
    billing('trial', accountId, '2026-02-31', ...why),
    billing('reconcile', '--why', ''),
    billing('balance', accountId, '--why', ' '),
    billing('revenue'),
  ])
  expect(refused.map(({ status, stderr }) => [status, stderr.trim()])).toEqual([
    [1, 'Say why in at least three letters: it stands in the audit log.'],
    [1, 'Give a day such as 2026-12-31.'],
    [1, 'Say why in at least three letters: it stands in the audit log.'],
    [1, 'Say why in at least three letters: it stands in the audit log.'],
    [1, "error: required option '--why <reason>' not specified"],
  ])
  const { rows } = await registry.pool.query('SELECT 1 FROM credit_entry WHERE account_id = $1', [accountId])
  expect(rows).toEqual([])
})

test('while billing is paused nothing is collected, until it is resumed', async () => {
  const { accountId } = await registry.newAccount()
  await billing('pause', ...why)
  const given = await billing('grant', accountId, '10', ...why)
  expect(given.stdout).toContain('"kept": 10')
  expect((await billing('run', accountId, ...why)).stdout).toContain('"kept": 10')
  expect(await billing('resume', ...why)).toMatchObject({ status: 0 })
})

test('after a restore, revocations and suspensions are applied again from the log, and nothing is given back', async () => {
  const [later, lifted, untouched, known] = [
    await registry.newAccount(),
    await registry.newAccount(),
    await registry.newAccount(),
    await registry.newAccount(),
  ]
  const { rows } = await registry.pool.query<{ id: string }>(
    `INSERT INTO instance (id, key_hash, key_id, state, account_id)
     SELECT gen_random_uuid(), sha256(n::text::bytea), 'k1', 'approved', $1 FROM generate_series(1, 2) n RETURNING id`,
    [later.accountId],
  )
  const [stolen = '', kept = ''] = rows.map(({ id }) => id)
  await registry.pool.query('UPDATE account SET suspended_at = now() WHERE id = $1', [known.accountId])
  const line = (minute: number, audit: object) =>
    JSON.stringify({
      level: 'info',
      msg: 'audit',
      audit: { at: `2026-05-01T10:0${minute}:00.000Z`, outcome: 'done', actor: 'operator', ...audit },
    })
  const log = [
    line(1, { action: 'instance.revoked', instanceId: stolen, accountId: later.accountId }),
    line(1, { action: 'instance.revoked', instanceId: '0198c0de-0000-7000-8000-000000000000' }),
    line(2, { action: 'instance.revoked', instanceId: kept, outcome: 'refused' }),
    line(5, { action: 'account.suspended', accountId: later.accountId }),
    // Logs of two brokers, one after the other.
    line(4, { action: 'account.resumed', accountId: lifted.accountId }),
    line(3, { action: 'account.suspended', accountId: lifted.accountId }),
    line(6, { action: 'account.resumed', accountId: known.accountId }),
    `2026-05-01 broker[7]: ${line(7, { action: 'credentials.vended', accountId: untouched.accountId })}`,
    'half a line {"audit": {"action": "account.sus',
    '{"audit": {"action": "account.suspended", "outcome": "done", "at": "x"}}',
  ].join('\n')
  const first = await command(['reapply-revocations'], log)
  expect(first).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('3 in the log: 1 instances revoked, 1 accounts suspended, 1 unchanged.'),
  })
  const again = await command(['reapply-revocations'], log)
  expect(again.stdout).toContain('0 instances revoked, 0 accounts suspended, 3 unchanged.')
  const states = await registry.pool.query<{ id: string; state: string }>(
    'SELECT id, state::text FROM instance WHERE account_id = $1',
    [later.accountId],
  )
  expect(Object.fromEntries(states.rows.map(({ id, state }) => [id, state]))).toEqual({
    [stolen]: 'revoked',
    [kept]: 'approved',
  })
  const suspended = await registry.pool.query<{ id: string }>(
    'SELECT id FROM account WHERE suspended_at IS NOT NULL',
  )
  expect(suspended.rows.map(({ id }) => id).toSorted()).toEqual([known.accountId, later.accountId].toSorted())
})

test('books in which one account lacks what another has too much do not agree, and both are named', async () => {
  const [more, less] = [await registry.newAccount(), await registry.newAccount()]
  await registry.pool.query(
    "INSERT INTO credit_entry (account_id, kind, amount, reference, actor, at) VALUES ($1, 'spent', -5000, 'nothing', 'system', now())",
    [more.accountId],
  )
  await registry.pool.query(
    `INSERT INTO billing_account (account_id, plan, anchor_at, had_trial, created_at)
     VALUES ($1, 'standard', now(), FALSE, now())`,
    [less.accountId],
  )
  await registry.pool.query(
    `INSERT INTO billing_period (account_id, number, opens_at, closes_at, plan, base_credits, included_gb,
       further_gb_credits, grace_days, restore_days, opened_at)
     VALUES ($1, 0, now(), now() + INTERVAL '1 month', 'standard', 5000, 0, 0, 14, 30, now())`,
    [less.accountId],
  )
  await registry.pool.query(
    `WITH c AS (INSERT INTO charge (account_id, period, reason, amount, wording, due_at, created_at)
       VALUES ($1, 0, 'base', 5000, 'a month', now(), now()) RETURNING id)
     INSERT INTO ledger_entry (charge_id, attempt, sequence, state, provider, kept_part, provider_part, at)
     SELECT id, 1, 1, 'planned', 'prepaid', 5000, 0, now() FROM c`,
    [less.accountId],
  )
  // And a purchase of which Stripe told nothing.
  await registry.pool.query(
    `INSERT INTO credit_entry (account_id, kind, amount, reference, actor, at)
     VALUES ($1, 'purchase', 3000, 'cs_untold', 'stripe', now())`,
    [more.accountId],
  )
  const { stdout } = await billing('reconcile', ...why)
  const { kept, purchases } = JSON.parse(stdout.slice(stdout.search(/^\{$/m)))
  expect(purchases).toEqual({
    agrees: false,
    differing: [
      {
        accountId: more.accountId,
        purchase: 'cs_untold',
        what: 'credited without a message',
        booked: 3,
        told: null,
      },
    ],
  })
  expect(kept.agrees).toBe(false)
  expect(kept.differing).toHaveLength(2)
  expect(kept.differing).toEqual(
    expect.arrayContaining([
      { accountId: more.accountId, spent: 5, charged: 0 },
      { accountId: less.accountId, spent: 0, charged: 5 },
    ]),
  )
})
