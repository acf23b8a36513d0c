import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type OperatorsDesk, openOperatorsDesk } from '../fixtures/operators-desk.ts'
import type { TestRegistry } from '../fixtures/registry-database.ts'

// The operator's commands after a restore of the registry, as processes.

let registry: TestRegistry
let command: OperatorsDesk['command']
beforeAll(async () => {
  ;({ registry, command } = await openOperatorsDesk())
})
afterAll(() => registry.drop())

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
