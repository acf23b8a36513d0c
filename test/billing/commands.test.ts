import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type OperatorsDesk, openOperatorsDesk } from '../fixtures/operators-desk.ts'
import type { TestRegistry } from '../fixtures/registry-database.ts'

// The operator's commands on money, as processes.

let registry: TestRegistry
let command: OperatorsDesk['command']
beforeAll(async () => {
  ;({ registry, command } = await openOperatorsDesk())
})
afterAll(() => registry.drop())

const billing = (...args: string[]) => command(['billing', ...args])
const why = ['--why', 'a test']

/** One whose first month begins now. */
async function usedAccount(): Promise<string> {
  const { accountId } = await registry.newAccount()
  await registry.pool.query(
    "INSERT INTO billing_account (account_id, plan, anchor_at, had_trial, created_at) VALUES ($1, 'standard', now(), FALSE, now())",
    [accountId],
  )
  return accountId
}

test('credits are granted once, a month is collected, and the books come as CSV', async () => {
  const accountId = await usedAccount()
  await registry.pool.query(
    "INSERT INTO billing_account (account_id, plan, had_trial, created_at) VALUES ($1, 'dropped', FALSE, now())",
    [(await registry.newAccount()).accountId],
  )
  for (const longer of ['trial', 'grace'])
    expect(await billing(longer, accountId, '2020-01-01', ...why)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('This is past already: give a day that is to come.'),
    })
  const grant = () => billing('grant', accountId, '25', '--reference', 'letter-7', ...why)
  expect(await Promise.all([grant(), grant()])).toMatchObject([{ status: 0 }, { status: 0 }])
  const run = await billing('run', accountId, ...why)
  expect(run.stderr).not.toContain('Failed')
  expect(JSON.parse(run.stdout)).toMatchObject({
    state: 'paid',
    kept: 15,
    owed: 0,
  })
  const [ledger, reconciled, worse] = await Promise.all([
    billing('ledger', accountId, ...why),
    billing('reconcile', ...why),
    billing('grant', accountId, '-3', '--reference', 'letter-8', ...why),
  ])
  const lines = ledger.stdout.trimEnd().split('\r\n')
  expect(lines[0]).toBe('at,what,state,amount,keptPart,attempt,note,actor,id')
  expect(lines.filter(line => line.includes(',captured,-10,-10,'))).toHaveLength(1)
  expect(lines.filter(line => line.includes(',grant,booked,25,'))).toHaveLength(1)
  expect(JSON.parse(reconciled.stdout)).toMatchObject({
    stillOpen: 0,
    lateHolds: { count: 0, holds: [] },
    missingPlans: [{ plan: 'dropped', accounts: 1 }],
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

test('no reason, a day that does not exist and no id of an account are refused before anything is done, and written down', async () => {
  const { accountId } = await registry.newAccount()
  const refused = await Promise.all([
    billing('grant', accountId, '5', '--reference', 'letter-7', '--why', ' '),
    billing('trial', accountId, '2026-02-31', ...why),
    billing('reconcile', '--why', ''),
    billing('balance', accountId, '--why', ' '),
    billing('refund', 'nobody', '5', ...why),
    billing('refund', accountId, '5', ...why),
    billing('settle', '1', 'perhaps', ...why),
    billing('revenue'),
  ])
  const told = (stderr: string) =>
    stderr
      .trim()
      .split('\n')
      .filter(line => !line.startsWith('{'))
  expect(refused.map(({ status, stderr }) => [status, told(stderr).join('\n')])).toEqual([
    [64, 'Say why in at least three letters: it stands in the audit log.'],
    [64, 'Give a day such as 2026-12-31.'],
    [64, 'Say why in at least three letters: it stands in the audit log.'],
    [64, 'Say why in at least three letters: it stands in the audit log.'],
    [64, 'Give the id of the account, as its page and the admin calls show it.'],
    // Whoever repeats a command that seemed to fail gives nothing twice.
    [64, 'Give --reference: what this is for, such as the number of a letter.'],
    [64, 'Say captured or cancelled, as the payment service shows it.'],
    [
      64,
      `error: required option '--why <reason>' not specified\nRun "npm run broker -- billing revenue --help" for help.`,
    ],
  ])
  const { rows } = await registry.pool.query('SELECT 1 FROM credit_entry WHERE account_id = $1', [accountId])
  expect(rows).toEqual([])
  const { rows: written } = await registry.pool.query(
    `SELECT detail->>'call' AS call, detail->>'why' AS why, outcome, reason, actor, detail->>'operator' AS operator FROM audit_event
     WHERE action = 'billing.called' ORDER BY 1`,
  )
  expect(written).toEqual(
    [
      ['balance', ' '],
      ['grant', ' '],
      ['reconcile', ''],
      ['refund', 'a test'],
      ['refund', 'a test'],
      ['settle', 'a test'],
      ['trial', 'a test'],
    ].map(([name, said]) => ({
      call: `billing ${name}`,
      why: said,
      outcome: 'refused',
      reason: 'wrong_usage',
      actor: 'operator',
      operator: expect.stringContaining('@'),
    })),
  )
})

test('grace is not made shorter by command either', async () => {
  const accountId = await usedAccount()
  expect(await billing('grace', accountId, '2999-02-01', ...why)).toMatchObject({ status: 0 })
  expect(await billing('grace', accountId, '2999-01-01', ...why)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('Grace lasts until 2999-02-01 00:00 UTC already.'),
  })
})

test('what an account stored is told for as many days as asked for, 90 where nothing is said', async () => {
  const { accountId } = await registry.newAccount()
  await registry.pool.query(
    `INSERT INTO usage_sample (account_id, day, current_bytes, current_objects, old_bytes, old_objects,
       upload_bytes, uploads, sampled_at)
     SELECT $1, d::date, 1000, 1, 0, 0, 0, 0, d FROM generate_series('2025-01-01'::date, '2026-03-01', '1 day') d`,
    [accountId],
  )
  const usage = (...days: string[]) => billing('usage', accountId, ...days, ...why)
  const told = await Promise.all([usage(), usage('--days', '2'), usage('--days', '400')])
  const listed: { day: string }[][] = told.map(({ stdout }) => JSON.parse(stdout))
  expect(listed.map(days => days.length)).toEqual([90, 2, 400])
  expect(listed[1]?.map(({ day }) => day)).toEqual(['2026-02-28', '2026-03-01'])
  for (const { status, stderr } of await Promise.all(
    ['0', '401', '1.5', 'all', ''].map(days => usage('--days', days)),
  )) {
    expect(stderr).toContain('Give a whole number of days, from 1 to 400.')
    expect(status).toBe(64)
  }
  const { rows } = await registry.pool.query(
    `SELECT action, outcome, COUNT(*)::int AS count FROM audit_event
     WHERE account_id = $1 OR detail->>'call' = 'billing usage' GROUP BY 1, 2 ORDER BY 1`,
    [accountId],
  )
  expect(rows).toEqual([
    { action: 'billing.called', outcome: 'refused', count: 5 },
    { action: 'billing.usage_read', outcome: 'done', count: 3 },
  ])
})

test('all messages of Stripe that wait are listed, however many', async () => {
  await registry.pool.query(
    `INSERT INTO stripe_event (id, type, applied, note, body, received_at)
     SELECT 'evt_many_' || n, 'invoice.paid', FALSE, 'changes nothing', '{}', '2026-01-01' FROM generate_series(1, 410) n`,
  )
  const { stdout } = await billing('stripe', 'list', ...why)
  const listed: { id: string }[] = JSON.parse(stdout)
  expect(new Set(listed.map(({ id }) => id)).size).toBe(410)
  expect(listed).toHaveLength(410)
})

test('while billing is paused, or the account suspended, nothing is collected, and whoever asks for it is told so', async () => {
  const accountId = await usedAccount()
  await billing('pause', ...why)
  const given = await billing('grant', accountId, '10', '--reference', 'letter-7', ...why)
  expect(given.stdout).toContain('"kept": 10')
  const paused = await billing('run', accountId, ...why)
  expect(paused).toMatchObject({ status: 1, stdout: expect.not.stringContaining('"kept"') })
  expect(paused.stderr).toContain('Billing is paused for all')
  expect(await billing('resume', ...why)).toMatchObject({ status: 0 })
  await registry.pool.query('UPDATE account SET suspended_at = now() WHERE id = $1', [accountId])
  const suspended = await billing('run', accountId, ...why)
  expect(suspended).toMatchObject({ status: 1, stdout: expect.not.stringContaining('"kept"') })
  expect(suspended.stderr).toContain('This account is suspended')
  expect((await billing('balance', accountId, ...why)).stdout).toContain('"kept": 10')
  await registry.pool.query('UPDATE account SET suspended_at = NULL WHERE id = $1', [accountId])
  expect((await billing('run', accountId, ...why)).stdout).toContain('"kept": 0')
  const { rows } = await registry.pool.query<{ outcome: string; reason: string }>(
    "SELECT outcome, reason FROM audit_event WHERE account_id = $1 AND action = 'billing.run' ORDER BY id",
    [accountId],
  )
  expect(rows).toEqual([
    { outcome: 'refused', reason: 'billing_paused' },
    { outcome: 'refused', reason: 'suspended' },
    { outcome: 'done', reason: 'a test' },
  ])
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
  const { kept, purchases } = JSON.parse(stdout)
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
