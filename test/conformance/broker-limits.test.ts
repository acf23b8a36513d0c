import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Redis } from 'ioredis'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { newUserKey, type RunningBroker, runBroker } from '../fixtures/running-broker.ts'
import { adminToken } from './vending-admin-token.ts'

/** Who is counted together, by which broker, behind a proxy that tells the address of each client. */

const { redisUrl } = sandboxEnvironment()
const prefix = `test-limits-${randomBytes(6).toString('hex')}:`
const HOUR = { BROKER_RATE_SECONDS: '3600' }
let one: RunningBroker
let two: { url: string; close(): Promise<void> }
let redis: Redis
beforeAll(async () => {
  redis = new Redis(redisUrl)
  one = await runBroker({
    BROKER_REDIS_URL: redisUrl,
    BROKER_REDIS_PREFIX: prefix,
    BROKER_TRUSTED_PROXIES: '127.0.0.1',
    BROKER_RATE_PER_KEY: '4',
    BROKER_RATE_PER_ADDRESS: '30',
    BROKER_PENDING_LOGINS_PER_ADDRESS: '2',
    ...HOUR,
  })
  two = await one.replica()
})
afterAll(async () => {
  await two.close()
  await one.close()
  for await (const keys of redis.scanStream({ match: `${prefix}*` }))
    if (keys.length > 0) await redis.del(...keys)
  await redis.quit()
})

interface Asking {
  readonly from: string
  readonly token?: string
}

async function ask(url: string, path: string, { from, token }: Asking, init: RequestInit = {}) {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const headers = { 'x-forwarded-for': from, 'content-type': 'application/json', ...authorization }
  const { status, headers: answered } = await fetch(`${url}${path}`, { redirect: 'manual', ...init, headers })
  return { status, retryAfter: Number(answered.get('retry-after')) }
}

const urls = () => [one.url, two.url] as const

test('requests of one key are counted together by two brokers, wherever they come from', async () => {
  const token = newUserKey()
  const statuses: number[] = []
  for (let count = 0; count < 6; count += 1) {
    const from = `192.0.2.${10 + count}`
    statuses.push((await ask(urls()[count % 2] ?? '', '/v1/notices', { from, token })).status)
  }
  expect(statuses).toEqual([401, 401, 401, 401, 429, 429])
})

test('requests of one address are counted together by two brokers, whatever they ask', async () => {
  const from = '192.0.2.30'
  const statuses: number[] = []
  for (let count = 0; count < 32; count += 1)
    statuses.push(
      (await ask(urls()[count % 2] ?? '', count % 3 === 0 ? '/login' : '/nowhere', { from })).status,
    )
  expect(statuses.slice(0, 30)).not.toContain(429)
  const refused = await ask(two.url, '/login', { from })
  expect([...statuses.slice(30), refused.status]).toEqual([429, 429, 429])
  expect(refused.retryAfter).toBeGreaterThan(60)
  expect((await ask(two.url, '/login', { from: '192.0.2.31' })).status).toBe(303)
})

test('what two brokers count in Redis names neither keys nor addresses', async () => {
  const token = newUserKey()
  await ask(one.url, '/v1/notices', { from: '192.0.2.40', token })
  const names: string[] = []
  for await (const keys of redis.scanStream({ match: `${prefix}rate:*` })) names.push(...keys)
  expect(names.length).toBeGreaterThan(1)
  for (const secret of [token, '192.0.2.40']) expect(names.join(' ')).not.toContain(secret)
})

test('log-ins that wait are counted by the IPv6 network of a customer', async () => {
  const link = async (from: string) => {
    const asking = { from, token: newUserKey() }
    return (await ask(one.url, '/v1/login-requests', asking, { method: 'POST', body: '{}' })).status
  }
  expect([
    await link('2001:db8:7:1::1'),
    await link('2001:db8:7:1:ffff::2'),
    await link('2001:db8:7:1::3'),
  ]).toEqual([200, 200, 429])
  expect(await link('2001:db8:7:2::1')).toBe(200)
})

test('tokens of the admin API are not guessed for long, and one that counts is served meanwhile', async () => {
  const guess = (from: string, url = one.url) =>
    ask(url, '/admin/v1/accounts', { from, token: `oba_${randomBytes(32).toString('base64url')}` })
  const statuses: number[] = []
  for (let count = 0; count < 11; count += 1)
    statuses.push((await guess('192.0.2.50', urls()[count % 2])).status)
  expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429])
  expect((await guess('192.0.2.51')).status).toBe(401)
  const token = await adminToken(one, 'viewer')
  expect((await ask(one.url, '/admin/v1/accounts', { from: '192.0.2.50', token })).status).toBe(200)
})
