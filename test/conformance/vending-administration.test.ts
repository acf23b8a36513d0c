import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { brokerClient } from '../fixtures/broker-client.ts'
import { type RunningBroker, runBroker } from '../fixtures/running-broker.ts'
import { adminToken } from './vending-admin-token.ts'
import { bindInstance } from './vending-instance.ts'

let broker: RunningBroker
const tokens = { viewer: '', billing: '', admin: '' }
beforeAll(async () => {
  broker = await runBroker()
  for (const role of ['viewer', 'billing', 'admin'] as const) tokens[role] = await adminToken(broker, role)
})
afterAll(() => broker.close())

async function ask(token: string, method: string, path: string, body?: unknown) {
  const response = await fetch(`${broker.url}/admin/v1${path}`, {
    method,
    headers: {
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      'content-type': 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: JSON.parse(await response.text()) }
}

const reason = { reason: 'asked for by the customer' }

test('without a token that counts nobody enters: none, a made-up one, one that expired, one that was revoked', async () => {
  const expired = await adminToken(broker, 'admin', -1000)
  const revoked = await adminToken(broker, 'admin')
  await broker.query('UPDATE admin_token SET revoked_at = now() WHERE token_hash = sha256($1::text::bytea)', [
    revoked,
  ])
  for (const token of ['', 'oba_made-up', expired, revoked, `${tokens.viewer}x`])
    expect(await ask(token, 'GET', '/accounts')).toMatchObject({
      status: 401,
      body: { code: 'admin_token_required' },
    })
})

test('a viewer sees and changes nothing; only an admin suspends, revokes and changes purposes', async () => {
  const { accountId, instanceId } = await bindInstance(broker)
  const changes: [string, string, unknown][] = [
    ['POST', `/accounts/${accountId}/suspend`, reason],
    ['POST', `/accounts/${accountId}/resume`, reason],
    ['PUT', `/instances/${instanceId}/purposes`, { ...reason, purposes: ['backup'] }],
    ['POST', `/instances/${instanceId}/revoke`, reason],
  ]
  for (const role of ['viewer', 'billing'] as const) {
    expect((await ask(tokens[role], 'GET', `/accounts/${accountId}`)).status).toBe(200)
    for (const [method, path, body] of changes)
      expect(await ask(tokens[role], method, path, body)).toMatchObject({
        status: 403,
        body: { code: 'role_refused' },
      })
  }
  for (const [method, path, body] of changes)
    expect((await ask(tokens.admin, method, path, body)).status).toBe(200)
})

test('every change needs a reason', async () => {
  const { accountId } = await bindInstance(broker)
  for (const body of [{}, { reason: '' }, { reason: '  ' }, { reason: 5 }])
    expect(await ask(tokens.admin, 'POST', `/accounts/${accountId}/suspend`, body)).toMatchObject({
      status: 400,
      body: { code: 'invalid_request' },
    })
})

test('instances of an account, audit and credentials are read page by page without a gap or a repeat', async () => {
  const { agent, accountId, instanceId } = await bindInstance(broker)
  await broker.query(
    `INSERT INTO instance (id, key_hash, key_id, state, purposes, account_id, created_at)
     SELECT gen_random_uuid(), sha256(random()::text::bytea), 'k1', 'approved', '{backup}', $1, now() FROM generate_series(1, 6)`,
    [accountId],
  )
  for (const purpose of ['backup', 'restore', 'rotate']) await agent.post('/v1/credentials', { purpose })
  const readAll = async (path: string) => {
    const ids: string[] = []
    let cursor: string | undefined
    do {
      const answer = await ask(
        tokens.viewer,
        'GET',
        `${path}?accountId=${accountId}&limit=2${cursor === undefined ? '' : `&cursor=${cursor}`}`,
      )
      expect(answer.body.items.length).toBeLessThanOrEqual(2)
      ids.push(
        ...answer.body.items.map(
          (item: { id?: string; accessKeyId?: string }) => item.id ?? item.accessKeyId,
        ),
      )
      cursor = answer.body.nextCursor
    } while (cursor !== undefined)
    expect(new Set(ids).size).toBe(ids.length)
    return ids
  }
  const instances = await readAll('/instances')
  expect(instances).toHaveLength(7)
  expect(instances).toContain(instanceId)
  expect(await readAll('/credentials')).toHaveLength(3)
  expect((await readAll('/audit')).length).toBeGreaterThanOrEqual(5)
})

test.each(['email', 'display_name', 'subject'])('an account is found by its %s', async column => {
  const { accountId } = await bindInstance(broker)
  const value = `found-${accountId}`
  await broker.query(`UPDATE account SET ${column} = $2 WHERE id = $1`, [accountId, value])
  const found = await ask(tokens.viewer, 'GET', `/accounts?search=${value}`)
  expect(found.body.items.map(({ id }: { id: string }) => id)).toEqual([accountId])
})

test('accounts are found by folder, and listed page by page without a gap or a repeat', async () => {
  const bound = await bindInstance(broker)
  await bindInstance(broker)
  const found = await ask(tokens.viewer, 'GET', `/accounts?search=${bound.folder}`)
  expect(found.body.items).toMatchObject([{ id: bound.accountId, folder: bound.folder, instances: 1 }])
  const all = await ask(tokens.viewer, 'GET', '/accounts?limit=200')
  const paged: string[] = []
  for (let cursor = ''; ; ) {
    const { body } = await ask(tokens.viewer, 'GET', `/accounts?limit=2${cursor}`)
    paged.push(...body.items.map(({ id }: { id: string }) => id))
    if (body.nextCursor === undefined) break
    cursor = `&cursor=${body.nextCursor}`
  }
  expect(paged).toEqual(all.body.items.map(({ id }: { id: string }) => id))
})

test('suspending an account stops vending to all of its instances at once, resuming serves them again', async () => {
  const { agent, accountId } = await bindInstance(broker)
  const first = await agent.post('/v1/credentials', { purpose: 'backup' })
  expect(first.status).toBe(200)
  await ask(tokens.admin, 'POST', `/accounts/${accountId}/suspend`, reason)
  expect(await agent.post('/v1/credentials', { purpose: 'backup' })).toMatchObject({
    status: 403,
    body: { code: 'suspended' },
  })
  await ask(tokens.admin, 'POST', `/accounts/${accountId}/resume`, reason)
  const again = await agent.post('/v1/credentials', { purpose: 'backup' })
  expect(again.status).toBe(200)
  expect(again.body.accessKeyId).not.toBe(first.body.accessKeyId)
})

test('a broker that hears no message of a revocation stops within a second all the same', async () => {
  const { userKey, instanceId, agent } = await bindInstance(broker)
  const deaf = await broker.replica()
  try {
    const call = () =>
      fetch(`${deaf.url}/v1/credentials`, {
        method: 'POST',
        headers: { authorization: `Bearer ${userKey}`, 'content-type': 'application/json' },
        body: '{"purpose":"backup"}',
      })
    expect((await call()).status).toBe(200)
    await ask(tokens.admin, 'POST', `/instances/${instanceId}/revoke`, reason)
    const revokedAt = performance.now()
    expect((await agent.post('/v1/credentials', { purpose: 'backup' })).status).toBe(403)
    let servedAt = revokedAt
    for (let status = 200; status === 200; ) {
      const askedAt = performance.now()
      status = (await call()).status
      if (status === 200) servedAt = askedAt
    }
    expect(servedAt - revokedAt).toBeLessThan(1000)
  } finally {
    await deaf.close()
  }
})

test('purposes that were taken away are refused', async () => {
  const { agent, instanceId } = await bindInstance(broker)
  await ask(tokens.admin, 'PUT', `/instances/${instanceId}/purposes`, { ...reason, purposes: ['backup'] })
  expect((await agent.post('/v1/credentials', { purpose: 'backup' })).status).toBe(200)
  for (const purpose of ['restore', 'rotate'])
    expect(await agent.post('/v1/credentials', { purpose })).toMatchObject({
      status: 403,
      body: { code: 'purpose_refused' },
    })
})

test('what was vended, refused and changed stands in the audit log with who, from where and why', async () => {
  const { agent, accountId, instanceId } = await bindInstance(broker)
  const { body } = await agent.post('/v1/credentials', { purpose: 'restore' })
  await ask(tokens.admin, 'POST', `/instances/${instanceId}/revoke`, reason)
  await agent.post('/v1/credentials', { purpose: 'restore' })
  const log = await ask(tokens.viewer, 'GET', `/audit?accountId=${accountId}`)
  expect(log.body.items).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        action: 'credentials.vended',
        outcome: 'done',
        actor: `instance:${instanceId}`,
        address: '127.0.0.1',
        detail: { rights: 'restore', accessKeyId: body.accessKeyId, expiresAt: body.expiresAt },
      }),
      expect.objectContaining({
        action: 'instance.revoked',
        actor: expect.stringMatching(/^admin:test-/),
        reason: reason.reason,
      }),
    ]),
  )
  const refused = await ask(tokens.viewer, 'GET', '/audit?action=credentials.vended')
  expect(refused.body.items[0]).toMatchObject({ outcome: 'refused', reason: 'revoked', instanceId })
  const issued = await ask(tokens.viewer, 'GET', `/credentials?accountId=${accountId}`)
  expect(issued.body.items).toMatchObject([{ instanceId, rights: 'restore', accessKeyId: body.accessKeyId }])
  expect(JSON.stringify(log.body)).not.toContain(body.secretAccessKey)
})

test('every row of the audit is copied to the log stream', async () => {
  await bindInstance(broker)
  const rows = await broker.query<{ count: string }>('SELECT count(*) FROM audit_event')
  const copies = broker.logged.filter(line => line.includes('"audit"'))
  expect(copies.length).toBe(Number(rows[0]?.count))
})

test('an operator who wants fewer lines in the log still gets the copies of the audit', async () => {
  const { userKey } = await bindInstance(broker)
  const terse = await broker.replica({ BROKER_LOG_LEVEL: 'error' })
  const before = broker.logged.length
  try {
    await brokerClient(terse.url, userKey).post('/v1/credentials', { purpose: 'rotate' })
    const lines = broker.logged.slice(before)
    expect(lines.filter(line => line.includes('"rights":"rotate"'))).toHaveLength(1)
    expect(lines.filter(line => line.includes('"msg":"request"'))).toEqual([])
  } finally {
    await terse.close()
  }
})

test.each(['UPDATE audit_event SET actor = $$nobody$$', 'DELETE FROM audit_event', 'TRUNCATE audit_event'])(
  'the database refuses: %s',
  async statement => {
    await bindInstance(broker)
    const [before] = await broker.query<{ count: string }>('SELECT count(*) FROM audit_event')
    await expect(broker.query(statement)).rejects.toThrow('The audit trail is only ever added to')
    const [after] = await broker.query<{ count: string }>('SELECT count(*) FROM audit_event')
    expect(after).toEqual(before)
  },
)

test('nothing is vended that cannot be written down', async () => {
  const { agent } = await bindInstance(broker)
  await broker.query('ALTER TABLE audit_event RENAME TO audit_event_away')
  try {
    const answer = await agent.post('/v1/credentials', { purpose: 'backup' })
    expect(answer.status).toBe(500)
    expect(JSON.stringify(answer.body)).not.toContain('secretAccessKey')
  } finally {
    await broker.query('ALTER TABLE audit_event_away RENAME TO audit_event')
  }
})

test.each([
  '/accounts?cursor=x',
  '/accounts?limit=0',
  '/accounts?limit=1000',
  '/audit?cursor=-1',
  '/accounts/not-an-id',
  "/audit?accountId='",
  '/instances?accountId=../..',
])('a query of the wrong shape is refused: %s', async path => {
  expect(await ask(tokens.admin, 'GET', path)).toMatchObject({
    status: 400,
    body: { code: 'invalid_request' },
  })
})
