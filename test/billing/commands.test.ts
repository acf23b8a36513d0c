import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { brokerCommand } from '../fixtures/broker-command.ts'
import { openTestRegistry, type TestRegistry } from '../fixtures/registry-database.ts'
import { stateFolderSettings } from '../fixtures/state-folder.ts'

// The operator's commands on money and on restores, as processes.

let registry: TestRegistry
beforeAll(async () => {
  registry = await openTestRegistry()
})
afterAll(() => registry.drop())

function command(args: readonly string[], input = '') {
  const environment = {
    BROKER_DATABASE_URL: registry.databaseUrl,
    ...stateFolderSettings(registry.databaseUrl),
    BROKER_PAYMENT: 'prepaid',
    BROKER_MONTHLY_CREDITS: '10',
  }
  return brokerCommand(args, environment, input)
}
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
    stderr: expect.stringContaining('Grace ends later already'),
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
    // As a container's log file has it.
    JSON.stringify({ log: line(8, { action: 'account.suspended', accountId: untouched.accountId }) }),
    '{"level": "info", "msg": "half a line that tells of no \\"audit',
  ].join('\n')
  const first = await command(['reapply-revocations'], log)
  expect(first).toMatchObject({
    status: 0,
    stdout: expect.stringContaining(
      '3 in the log: 1 instances revoked, 1 accounts suspended, 0 instances narrowed, 0 admin tokens revoked, 1 unchanged.',
    ),
    stderr: expect.stringContaining(
      'Lines that tell of an act and cannot be read: 3 (9, 10, 11). What they tell was not made again',
    ),
  })
  const again = await command(['reapply-revocations'], log)
  expect(again.stdout).toContain('0 instances revoked, 0 accounts suspended, 0 instances narrowed')
  expect(again.stdout).toContain('3 unchanged. 0 sessions')
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

test('after a restore, what was taken away without its commit being confirmed is taken away, and the help says so', async () => {
  const { accountId } = await registry.newAccount()
  const { rows } = await registry.pool.query<{ id: string }>(
    `INSERT INTO instance (id, key_hash, key_id, state, account_id)
     VALUES (gen_random_uuid(), sha256('not confirmed'), 'k1', 'approved', $1) RETURNING id`,
    [accountId],
  )
  const audit = {
    at: '2026-05-01T10:00:00.000Z',
    action: 'instance.revoked',
    outcome: 'done',
    actor: 'operator',
    instanceId: rows[0]?.id,
  }
  const log = [audit, { ...audit, outcome: 'refused', reason: 'not_confirmed' }]
  const done = await command(
    ['reapply-revocations'],
    log.map(event => JSON.stringify({ level: 'info', msg: 'audit', audit: event })).join('\n'),
  )
  expect(done.stdout).toContain('1 in the log: 1 instances revoked')
  expect((await command(['reapply-revocations', '--help'])).stdout).toMatch(/not_confirmed are passed over/)
})

test('after a restore, admin tokens and purposes that were taken away go again, and doors that stood open are closed', async () => {
  const [account, suspended, left] = [
    await registry.newAccount(),
    await registry.newAccount(),
    await registry.newAccount(),
  ]
  const { pool } = registry
  const { rows: made } = await pool.query<{ id: string }>(
    `INSERT INTO instance (id, key_hash, key_id, state, account_id, purposes)
     SELECT gen_random_uuid(), sha256(('narrow' || n)::bytea), 'k1', 'approved', $1,
       CASE n WHEN 3 THEN '{backup}' ELSE '{backup,restore,rotate}' END::purpose[]
     FROM generate_series(1, 5) n RETURNING id`,
    [account.accountId],
  )
  const [narrowed = '', widened = '', narrower = '', later = '', revoked = ''] = made.map(({ id }) => id)
  const dayBefore = '2026-05-01T09:00:00Z'
  const token = (name: string, createdAt: string) =>
    pool.query(
      `INSERT INTO admin_token (id, name, token_hash, role, created_at, expires_at)
       VALUES (gen_random_uuid(), $1::text, sha256($1::text::bytea), 'admin', $2, '2099-01-01')`,
      [name, createdAt],
    )
  await token('stolen', dayBefore)
  await token('made after the restore', '2026-05-02T00:00:00Z')
  await pool.query(
    `INSERT INTO audit_event (at, action, outcome, actor, instance_id, detail)
     VALUES ('2026-05-02T00:00:00Z', 'instance.purposes_changed', 'done', 'operator', $1, '{}')`,
    [later],
  )
  for (const { accountId } of [account, suspended, left]) {
    await pool.query(
      `INSERT INTO session (id_hash, account_id, authenticated_at, expires_at)
       SELECT sha256((n || $1::text)::bytea), $1::uuid, '2026-05-01'::date + n, '2099-01-01' FROM generate_series(0, 1) n`,
      [accountId],
    )
    await pool.query(
      "INSERT INTO recharge_link (id_hash, account_id, expires_at) VALUES (sha256($1::text::bytea), $1::uuid, '2099-01-01')",
      [accountId],
    )
  }
  const code = (accountId: string, instanceId: string, expiresAt: string) =>
    pool.query(
      `INSERT INTO binding_code (code_hash, instance_id, account_id, expires_at)
       VALUES (sha256(($1::text || $2::text || $3)::bytea), $2::uuid, $1::uuid, $3::timestamptz)`,
      [accountId, instanceId, expiresAt],
    )
  await code(suspended.accountId, narrowed, '2099-01-01')
  await code(account.accountId, revoked, '2099-01-01')
  await code(account.accountId, widened, '2099-01-01')
  await code(left.accountId, widened, '2026-05-01T10:09:00Z')
  const line = (minute: number, audit: object) =>
    JSON.stringify({
      audit: { at: `2026-05-01T10:0${minute}:00.000Z`, outcome: 'done', actor: 'operator', ...audit },
    })
  const purposes = (minute: number, instanceId: string, to: string, action = 'instance.purposes_changed') =>
    line(minute, { action, instanceId, accountId: account.accountId, detail: { purposes: to } })
  const log = [
    purposes(3, narrowed, 'backup+restore'),
    purposes(1, narrowed, 'backup'),
    purposes(1, widened, 'backup'),
    purposes(4, widened, 'backup+restore+rotate', 'instance.bound'),
    purposes(2, narrower, 'restore'),
    purposes(2, later, 'backup'),
    line(1, { action: 'instance.revoked', instanceId: revoked, accountId: account.accountId }),
    line(2, { action: 'account.suspended', accountId: suspended.accountId }),
    line(3, { action: 'logout', accountId: left.accountId }),
    line(3, { action: 'consent.withdrawn', accountId: left.accountId, detail: { count: 1 } }),
    line(4, { action: 'admin.token_revoked', detail: { name: 'stolen', operator: 'root@host' } }),
    line(4, { action: 'admin.token_revoked', detail: { name: 'made after the restore' } }),
    line(4, { action: 'admin.token_revoked', detail: { name: 'unknown here' } }),
    line(4, {
      action: 'admin.token_revoked',
      outcome: 'refused',
      detail: { name: 'made after the restore' },
    }),
  ].join('\n')
  expect(await command(['reapply-revocations'], log)).toMatchObject({
    status: 0,
    stdout: expect.stringContaining(
      '8 in the log: 1 instances revoked, 1 accounts suspended, 2 instances narrowed, 1 admin tokens revoked, 3 unchanged. 7 sessions',
    ),
  })
  const held = await pool.query<{ id: string; purposes: string[] }>(
    'SELECT id, purposes::text[] FROM instance WHERE account_id = $1 AND id <> $2',
    [account.accountId, revoked],
  )
  expect(Object.fromEntries(held.rows.map(({ id, purposes: now }) => [id, now.join('+')]))).toEqual({
    [narrowed]: 'backup+restore',
    [widened]: 'backup+restore+rotate',
    [narrower]: '',
    [later]: 'backup+restore+rotate',
  })
  const tokens = await pool.query('SELECT name FROM admin_token WHERE revoked_at IS NOT NULL')
  expect(tokens.rows).toEqual([{ name: 'stolen' }])
  const counted = await pool.query<{ id: string; open: string }>(
    `SELECT a.id, concat_ws('/', (SELECT COUNT(*) FROM session WHERE account_id = a.id),
       (SELECT COUNT(*) FROM binding_code WHERE account_id = a.id), (SELECT COUNT(*) FROM recharge_link WHERE account_id = a.id)) AS open
     FROM account a WHERE id = ANY($1)`,
    [[account.accountId, suspended.accountId, left.accountId]],
  )
  expect(Object.fromEntries(counted.rows.map(({ id, open }) => [id, open]))).toEqual({
    [account.accountId]: '2/1/1',
    [suspended.accountId]: '0/0/0',
    [left.accountId]: '1/0/1',
  })
  const trail = await pool.query(
    "SELECT detail->>'name' AS name, reason FROM audit_event WHERE action = 'admin.token_revoked'",
  )
  expect(trail.rows).toEqual([
    { name: 'stolen', reason: expect.stringContaining('2026-05-01T10:04:00.000Z') },
  ])
  expect((await command(['reapply-revocations'], log)).stdout).toContain('8 unchanged. 0 sessions')
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
