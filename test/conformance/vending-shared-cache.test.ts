import { randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { Redis } from 'ioredis'
import { until } from '../faults/waiting.ts'
import { brokerClient } from '../fixtures/broker-client.ts'
import { type Fault, type FaultProxy, startFaultProxy } from '../fixtures/fault-proxy.ts'
import { type Overrides, type RunningBroker, runBroker } from '../fixtures/running-broker.ts'
import { type BoundInstance, bindInstance } from './vending-instance.ts'
import { sandbox } from './vending-sandbox.ts'

/** What lies in Redis between brokers, read and changed by somebody who has reached it. */

const prefix = `test-shared-${randomBytes(6).toString('hex')}:`
let tokenService: FaultProxy
let fault: Fault | undefined
let redis: Redis
let broker: RunningBroker
const opened: { close(): Promise<void> }[] = []
beforeAll(async () => {
  redis = new Redis(sandbox.redisUrl)
  tokenService = await startFaultProxy(sandbox.stsEndpoint, () => fault)
  broker = await runBroker({
    BROKER_REDIS_URL: sandbox.redisUrl,
    BROKER_REDIS_PREFIX: prefix,
    BROKER_STS_ENDPOINT: tokenService.url,
  })
})
afterEach(async () => {
  fault = undefined
  for (const replica of opened.splice(0)) await replica.close()
})
afterAll(async () => {
  await broker.close()
  for await (const keys of redis.scanStream({ match: `${prefix}*` }))
    if (keys.length > 0) await redis.del(...keys)
  await redis.quit()
  await tokenService.close()
})

async function replica(overrides: Overrides): Promise<string> {
  const further = await broker.replica(overrides)
  opened.push(further)
  return further.url
}

const calls = () => tokenService.requests.length
const placeOf = ({ instanceId }: BoundInstance, rights: string) => `${prefix}vended:{${instanceId}}:${rights}`

async function vend({ userKey }: BoundInstance, purpose: string, url = broker.url) {
  const { status, body } = await brokerClient(url, userKey).post('/v1/credentials', { purpose })
  expect(status).toBe(200)
  return body
}

test('a credential in Redis shows nothing of itself', async () => {
  const instance = await bindInstance(broker)
  const { accessKeyId, secretAccessKey, sessionToken } = await vend(instance, 'restore')
  const sealed = (await redis.get(placeOf(instance, 'restore'))) ?? ''
  expect(sealed).toMatch(/^k1\.[\w-]{100,}$/)
  const bytes = Buffer.from(sealed.slice(3), 'base64url')
  for (const secret of [accessKeyId, secretAccessKey, sessionToken]) {
    expect(sealed).not.toContain(secret)
    expect(bytes.includes(secret)).toBe(false)
  }
})

test('a credential that was moved to another instance, of the same account or another, or to other rights is a miss', async () => {
  const one = await bindInstance(broker)
  const account = { id: one.folder, login: `user-${one.folder}@example.com`, password: 'sandbox' }
  const [sameAccount, other] = [await bindInstance(broker, account), await bindInstance(broker)]
  const stolen = await vend(one, 'restore')
  const sealed = (await redis.get(placeOf(one, 'restore'))) ?? ''
  expect(sealed).not.toBe('')
  for (const [instance, purpose] of [
    [sameAccount, 'restore'],
    [other, 'restore'],
    [one, 'backup'],
  ] as const) {
    await redis.set(placeOf(instance, purpose), sealed)
    const before = calls()
    const own = await vend(instance, purpose)
    expect(own).toMatchObject({ folder: instance.folder })
    expect(own.accessKeyId).not.toBe(stolen.accessKeyId)
    expect(calls()).toBe(before + 1)
  }
})

test.each([
  ['life', { BROKER_CREDENTIAL_TTL_SECONDS: '1800' }],
  ['external id', { BROKER_STS_EXTERNAL_ID: 'agreed-with-the-other-account' }],
  ['session tags', { BROKER_STS_SESSION_TAGS: 'true' }],
  ['region', { BROKER_S3_REGION: 'eu-central-1' }],
  ['token service', { BROKER_STS_ENDPOINT: sandbox.stsEndpoint }],
])('a credential that was made under another setting (%s) is a miss', async (_name, setting) => {
  const instance = await bindInstance(broker)
  const former = await vend(instance, 'backup')
  expect((await vend(instance, 'backup', await replica({}))).accessKeyId).toBe(former.accessKeyId)
  const changed = await vend(instance, 'backup', await replica(setting))
  expect(changed.accessKeyId).not.toBe(former.accessKeyId)
})

test('what is no sealed credential at all is a miss', async () => {
  const instance = await bindInstance(broker)
  for (const text of ['', 'k1.', 'k1.AAAA', 'null', '{"accessKeyId":"x"}', `k9.${'A'.repeat(900)}`]) {
    await redis.set(placeOf(instance, 'backup'), text)
    const before = calls()
    await vend(instance, 'backup')
    expect(calls()).toBe(before + 1)
  }
})

test('the lock of a call to the token service lives longer than the call may take', async () => {
  const instance = await bindInstance(broker)
  const patient = await replica({ BROKER_STS_TIMEOUT_SECONDS: '60' })
  let answerNow = () => {}
  fault = { kind: 'hold', until: new Promise<void>(resolve => (answerNow = resolve)) }
  const before = calls()
  const begun = Date.now()
  const asked = vend(instance, 'backup', patient)
  await until(async () => calls() > before || undefined)
  const leftMs = await redis.pttl(`${placeOf(instance, 'backup')}:lease`)
  const passedMs = Date.now() - begun
  answerNow()
  await asked
  expect(leftMs + passedMs).toBeGreaterThan(60_000)
  expect(await redis.exists(`${placeOf(instance, 'backup')}:lease`)).toBe(0)
})

test('a lock whose broker has died ends by itself, and others go on', async () => {
  const instance = await bindInstance(broker)
  await redis.set(`${placeOf(instance, 'backup')}:lease`, 'of a broker that is gone', 'PX', 300, 'NX')
  const before = calls()
  await vend(instance, 'backup')
  expect(calls()).toBe(before + 1)
})

test('an answer that comes after its lock was lost is not kept: it may be one that was dropped meanwhile', async () => {
  const instance = await bindInstance(broker)
  let answerNow = () => {}
  fault = { kind: 'hold', until: new Promise<void>(resolve => (answerNow = resolve)) }
  const before = calls()
  const asked = vend(instance, 'backup')
  await until(async () => calls() > before || undefined)
  await redis.del(`${placeOf(instance, 'backup')}:lease`)
  answerNow()
  await asked
  expect(await redis.exists(placeOf(instance, 'backup'))).toBe(0)
})
