import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import { migrateRegistry } from '../../apps/broker/src/registry/migrate.ts'
import { until } from '../faults/waiting.ts'
import { brokerClient } from '../fixtures/broker-client.ts'
import { HttpBrowser } from '../fixtures/http-browser.ts'
import { approve } from '../fixtures/log-in.ts'
import { newOdooComUser, newUserKey, type RunningBroker, runBroker } from '../fixtures/running-broker.ts'

let broker: RunningBroker
const formerKey = `k1:${randomBytes(32).toString('base64')}`
beforeAll(async () => {
  broker = await runBroker({ BROKER_HASHING_KEYS: formerKey, BROKER_PENDING_LOGINS_PER_ADDRESS: '30' })
})
afterAll(() => broker.close())

const PAGE = 'https://odoo.customer.example/web/database/backups'

async function everyText(): Promise<string> {
  const tables = await broker.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
  )
  let text = ''
  for (const { name } of tables) text += JSON.stringify(await broker.query(`SELECT t::text FROM "${name}" t`))
  return text
}

// What is given as a key is looked for in all logs: no digits in their order, which others may write.
test.each([
  ['of the old module, 30 hexadecimal digits, 10 of them different', 200, '8305917264'.repeat(3)],
  ['of 29 characters', 400, '8305917264'.repeat(3).slice(1)],
  ['of 30 characters, 9 of them different', 400, '830591724'.repeat(4).slice(0, 30)],
  ['of 128 characters', 200, 'Az09_-bcdefghijk'.repeat(8)],
  ['of 129 characters', 400, `${'Az09_-bcdefghijk'.repeat(8)}x`],
  ['with another character', 400, `${'8305917264'.repeat(3)}.`],
])('a key %s is answered %i', async (_name, status, userKey) => {
  const agent = brokerClient(broker.url, userKey)
  expect((await agent.post('/v1/login-requests')).status).toBe(status)
  const old = await agent.cloudParams(undefined, '1')
  expect('auth_link' in old.body).toBe(status === 200)
})

test('twenty first calls of one key at the same moment make one instance and one answer each', async () => {
  const agent = brokerClient(broker.url, newUserKey())
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      index % 2 === 0 ? agent.post('/v1/credentials', { purpose: 'backup' }) : agent.get('/v1/notices'),
    ),
  )
  expect(new Set(answers.map(({ body }) => body.code))).toEqual(new Set(['login_required']))
})

test('processes that start at the same moment on an empty database migrate it once', async () => {
  const url = new URL(broker.databaseUrl)
  const name = `${url.pathname.slice(1)}_empty`
  await broker.query(`CREATE DATABASE ${name}`)
  url.pathname = `/${name}`
  const applied = await Promise.all([1, 2, 3].map(() => migrateRegistry(url.href)))
  expect(applied.map(names => names.length > 0).sort()).toEqual([false, false, true])
  expect(await migrateRegistry(url.href)).toEqual([])
  await broker.query(`DROP DATABASE ${name}`)
})

test('neither keys, nor codes, nor cookies, nor links that work stand in the database or the log', async () => {
  const agent = brokerClient(broker.url, newUserKey())
  const browser = new HttpBrowser()
  const { code = '' } = await approve(
    browser,
    (await agent.cloudParams(PAGE, '1')).body.auth_link,
    await newOdooComUser(),
  )
  const session = browser.cookies(broker.url).get('odoo_backup_session') ?? ''
  const before = await everyText()
  await agent.post('/v1/bind', { code })
  const recharge = (await agent.post('/v1/recharge-link')).body.rechargeLink.split('/').at(-1)
  const vended = (await agent.post('/v1/credentials', { purpose: 'backup' })).body
  const stored = before + (await everyText())
  for (const secret of [
    agent.userKey,
    code,
    session,
    recharge,
    vended.secretAccessKey,
    vended.sessionToken,
  ]) {
    expect(secret).toMatch(/.{20}/)
    expect(stored).not.toContain(secret)
    expect(broker.logged.join('')).not.toContain(secret)
  }
})

test('a key of the ring is replaced in three steps, broker by broker, without any instance noticing', async () => {
  const agent = brokerClient(broker.url, newUserKey())
  const { code } = await approve(
    new HttpBrowser(),
    (await agent.post('/v1/login-requests')).body.authLink,
    await newOdooComUser(),
  )
  await agent.post('/v1/bind', { code })
  const isMoved = async (url: string) => {
    await brokerClient(url, agent.userKey).get('/v1/account')
    const moved = await broker.query("SELECT 1 FROM instance WHERE key_id = 'k2' AND state = 'approved'")
    return moved.length === 1 ? true : undefined
  }
  const newKey = `k2:${randomBytes(32).toString('base64')}`
  const rings = [`${formerKey},${newKey}`, `${newKey},${formerKey}`, newKey]
  let former: { url: string; close?(): Promise<void> } = broker
  for (const BROKER_HASHING_KEYS of rings) {
    const next = await broker.replica({ BROKER_HASHING_KEYS })
    // While brokers are restarted one by one, the same agent reaches now one that was, now one that was not.
    const asked = [former, next, former, next, former, next]
    const statuses: number[] = []
    for (const { url } of asked)
      statuses.push((await brokerClient(url, agent.userKey).get('/v1/account')).status)
    expect(statuses).toEqual(asked.map(() => 200))
    if (former !== broker) await former.close?.()
    former = next
    // The last step is taken when every key that is used has moved: brokers with the former ring may move one back.
    if (BROKER_HASHING_KEYS.startsWith('k2:')) await until(() => isMoved(next.url))
  }
  expect(
    await broker.query('SELECT DISTINCT key_id FROM instance WHERE key_id <> $1 AND account_id IS NOT NULL', [
      'k1',
    ]),
  ).toEqual([{ key_id: 'k2' }])
  await former.close?.()
})

test('log-ins that wait are limited by address, and make room again after ten minutes', async () => {
  const ask = () => brokerClient(broker.url, newUserKey()).post('/v1/login-requests')
  const statuses: number[] = []
  for (let count = 0; count < 31; count += 1) statuses.push((await ask()).status)
  const refused = await ask()
  expect(statuses.filter(status => status === 200).length).toBeLessThanOrEqual(30)
  expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited' } })
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  broker.advance(601)
  expect((await ask()).status).toBe(200)
})

test('log-ins asked for at the same moment do not pass the limit together', async () => {
  const asked = await Promise.all(
    Array.from({ length: 60 }, () => brokerClient(broker.url, newUserKey()).post('/v1/login-requests')),
  )
  expect(asked.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(30)
  broker.advance(601)
})

test('what has had its time is swept, and what is in use stays', async () => {
  const { sweepRegistry } = await import('../../apps/broker/src/registry/sweep.ts')
  const { openRegistryDatabase } = await import('../../apps/broker/src/registry/database.ts')
  const agent = brokerClient(broker.url, newUserKey())
  const { code } = await approve(
    new HttpBrowser(),
    (await agent.post('/v1/login-requests')).body.authLink,
    await newOdooComUser(),
  )
  await agent.post('/v1/bind', { code })
  const database = openRegistryDatabase({
    databaseUrl: broker.databaseUrl,
    maxConnections: 2,
    onIdleError: () => {},
  })
  await sweepRegistry(database.prisma, new Date(Date.now() + 30 * 24 * 3600 * 1000))
  await database.close()
  const left = await broker.query<{ state: string }>('SELECT DISTINCT state FROM instance')
  expect(left).toEqual([{ state: 'approved' }])
  for (const table of ['login_request', 'login_state', 'consent', 'binding_code', 'session', 'recharge_link'])
    expect(await broker.query(`SELECT FROM ${table}`)).toEqual([])
})

test('a broker that runs sweeps by itself, again and again', async () => {
  jest.useFakeTimers({
    doNotFake: [
      'Date',
      'hrtime',
      'nextTick',
      'performance',
      'queueMicrotask',
      'setImmediate',
      'clearImmediate',
      'setTimeout',
      'clearTimeout',
    ],
  })
  const sweeping = await broker.replica()
  try {
    for (let turn = 0; turn < 2; turn += 1) {
      await broker.query(
        `INSERT INTO login_state (id_hash, provider, browser_hash, expires_at) VALUES ($1, 'odoo', '', '2001-01-01')`,
        [randomBytes(32)],
      )
      jest.advanceTimersByTime(60_000)
      await until(async () => (await broker.query('SELECT FROM login_state')).length === 0 || undefined)
    }
  } finally {
    jest.useRealTimers()
    await sweeping.close()
  }
})
