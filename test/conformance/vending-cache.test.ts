import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { until } from '../faults/waiting.ts'
import { brokerClient } from '../fixtures/broker-client.ts'
import { type Fault, type FaultProxy, startFaultProxy } from '../fixtures/fault-proxy.ts'
import { type RunningBroker, runBroker } from '../fixtures/running-broker.ts'
import { adminToken } from './vending-admin-token.ts'
import { bindInstance } from './vending-instance.ts'
import { sandbox } from './vending-sandbox.ts'

/** The real token service stands behind a proxy that counts, and breaks what a test names. */
let proxy: FaultProxy
let fault: Fault | undefined
let broker: RunningBroker
const calls = () => proxy.requests.length

beforeAll(async () => {
  proxy = await startFaultProxy(sandbox.stsEndpoint, () => fault)
})
/** A broker for each test: they set its clock forward, and the token service goes by the true one. */
beforeEach(async () => {
  broker = await runBroker({
    BROKER_STS_ENDPOINT: proxy.url,
    // No true answer comes so late, from however busy a machine.
    BROKER_STS_TIMEOUT_SECONDS: '60',
    BROKER_RATE_PER_KEY: '100000',
    BROKER_RATE_PER_ADDRESS: '100000',
  })
})
afterEach(async () => {
  fault = undefined
  await broker.close()
})
afterAll(() => proxy.close())

test('500 requests at once of a cold instance cause one call to the token service', async () => {
  const { agent } = await bindInstance(broker)
  const before = calls()
  const answers = await Promise.all(
    Array.from({ length: 500 }, () => agent.post('/v1/credentials', { purpose: 'backup' })),
  )
  expect(answers.map(({ status }) => status).filter(status => status !== 200)).toEqual([])
  expect(new Set(answers.map(({ body }) => body.accessKeyId)).size).toBe(1)
  expect(calls() - before).toBe(1)
})

test('who is revoked or suspended while the token service is asked gets nothing of its answer', async () => {
  const admin = await adminToken(broker, 'admin')
  const changes = {
    revoked: ({ instanceId }: { instanceId: string }) => `/instances/${instanceId}/revoke`,
    suspended: ({ accountId }: { accountId: string }) => `/accounts/${accountId}/suspend`,
  }
  for (const [code, path] of Object.entries(changes)) {
    const bound = await bindInstance(broker)
    const before = calls()
    let answerNow = () => {}
    fault = { kind: 'hold', until: new Promise<void>(resolve => (answerNow = resolve)) }
    const asked = bound.agent.post('/v1/credentials', { purpose: 'backup' })
    await until(async () => calls() > before || undefined)
    const answer = await fetch(`${broker.url}/admin/v1${path(bound)}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json' },
      body: JSON.stringify({ reason: 'a stolen server' }),
    })
    expect(answer.status).toBe(200)
    answerNow()
    expect(await asked).toMatchObject({ status: 403, body: { code } })
  }
})

test('two brokers behind one Redis share one call, one credential and one revocation', async () => {
  const prefix = `test-vending-${randomBytes(6).toString('hex')}:`
  const shared = { BROKER_REDIS_URL: sandbox.redisUrl, BROKER_REDIS_PREFIX: prefix }
  const [one, two] = [await broker.replica(shared), await broker.replica(shared)]
  try {
    const { userKey, instanceId } = await bindInstance(broker)
    const agents = [brokerClient(one.url, userKey), brokerClient(two.url, userKey)]
    const before = calls()
    const answers = await Promise.all(
      Array.from({ length: 500 }, (_, index) =>
        (index % 2 === 0 ? agents[0] : agents[1])?.post('/v1/credentials', { purpose: 'restore' }),
      ),
    )
    expect(answers.map(answer => answer?.status).filter(status => status !== 200)).toEqual([])
    expect(new Set(answers.map(answer => answer?.body.accessKeyId)).size).toBe(1)
    expect(calls() - before).toBe(1)

    const token = await adminToken(broker, 'admin')
    const revoked = await fetch(`${one.url}/admin/v1/instances/${instanceId}/revoke`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ reason: 'tried on two brokers' }),
    })
    expect(revoked.status).toBe(200)
    for (const agent of agents)
      expect(await agent.post('/v1/credentials', { purpose: 'restore' })).toMatchObject({
        status: 403,
        body: { code: 'revoked' },
      })
  } finally {
    await one.close()
    await two.close()
  }
})

test('a token service that takes its time is asked once by two brokers: the lease outlives the longest answer', async () => {
  const shared = {
    BROKER_REDIS_URL: sandbox.redisUrl,
    BROKER_REDIS_PREFIX: `test-vending-${randomBytes(6).toString('hex')}:`,
  }
  const [one, two] = [await broker.replica(shared), await broker.replica(shared)]
  try {
    const { userKey } = await bindInstance(broker)
    const before = calls()
    fault = { kind: 'hold', until: sleep(1500) }
    const answers = await Promise.all(
      [one, two].map(({ url }) => brokerClient(url, userKey).post('/v1/credentials', { purpose: 'backup' })),
    )
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(answers[1]?.body.accessKeyId).toBe(answers[0]?.body.accessKeyId)
    expect(calls() - before).toBe(1)
  } finally {
    await one.close()
    await two.close()
  }
})

test('the sealing key is replaced broker by broker: what a broker cannot open is a miss, and it vends on', async () => {
  const [k1, k2] = ['k1', 'k2'].map(id => `${id}:${randomBytes(32).toString('base64')}`)
  const prefix = `test-vending-${randomBytes(6).toString('hex')}:`
  const shared = { BROKER_REDIS_URL: sandbox.redisUrl, BROKER_REDIS_PREFIX: prefix }
  const former = await broker.replica({ ...shared, BROKER_SEALING_KEYS: `${k1}` })
  const changed = await broker.replica({ ...shared, BROKER_SEALING_KEYS: `${k2},${k1}` })
  try {
    const { userKey } = await bindInstance(broker)
    const before = calls()
    const ask = async (replica: { url: string }, purpose: string) => {
      const { status, body } = await brokerClient(replica.url, userKey).post('/v1/credentials', { purpose })
      expect(status).toBe(200)
      return { accessKeyId: body.accessKeyId, calls: calls() - before }
    }
    const byFormer = await ask(former, 'backup')
    expect(byFormer.calls).toBe(1)
    expect(await ask(changed, 'backup')).toEqual(byFormer)

    const byChanged = await ask(changed, 'restore')
    expect(byChanged.calls).toBe(2)
    const missed = await ask(former, 'restore')
    expect(missed.calls).toBe(3)
    expect(missed.accessKeyId).not.toBe(byChanged.accessKeyId)
    expect(await ask(changed, 'restore')).toEqual(missed)
  } finally {
    await former.close()
    await changed.close()
  }
})

test('a broker whose Redis is away vends on by itself, counts by itself and says that it is not ready', async () => {
  const alone = await broker.replica({
    BROKER_REDIS_URL: 'redis://127.0.0.1:1',
    BROKER_RATE_PER_KEY: '2',
    BROKER_RATE_SECONDS: '3600',
  })
  try {
    const { userKey } = await bindInstance(broker)
    const agent = brokerClient(alone.url, userKey)
    expect((await agent.post('/v1/credentials', { purpose: 'backup' })).status).toBe(200)
    expect((await agent.post('/v1/credentials', { purpose: 'restore' })).status).toBe(200)
    expect((await agent.post('/v1/credentials', { purpose: 'rotate' })).status).toBe(429)
    const ready = await fetch(`${alone.url}/readyz`)
    expect(ready.status).toBe(503)
    expect(await ready.json()).toMatchObject({
      checks: { redis: { state: 'failed' }, database: { state: 'ok' } },
    })
  } finally {
    await alone.close()
  }
})

test('a kept credential is served until half of its life has gone, then another is asked for', async () => {
  const { agent } = await bindInstance(broker)
  const first = await agent.post('/v1/credentials', { purpose: 'rotate' })
  const before = calls()
  const again = await agent.post('/v1/credentials', { purpose: 'rotate' })
  expect(again.body.accessKeyId).toBe(first.body.accessKeyId)
  expect(calls()).toBe(before)
  broker.advance(1900)
  const renewed = await agent.post('/v1/credentials', { purpose: 'rotate' })
  expect(renewed.body.accessKeyId).not.toBe(first.body.accessKeyId)
  expect(calls()).toBe(before + 1)
})

test.each([
  ['answers 503', { kind: 'answer', status: 503 }],
  ['throttles', { kind: 'answer', status: 429 }],
  [
    'throttles as AWS does',
    {
      kind: 'answer',
      status: 400,
      body: '<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>',
    },
  ],
  ['hangs', { kind: 'stall' }],
  ['loses its answer', { kind: 'lose-answer' }],
] satisfies [string, Fault][])(
  'a token service that %s: what still lives is served, others are told when to come back',
  async (_name, broken) => {
    const { userKey } = await bindInstance(broker)
    const hasty = await broker.replica({ BROKER_STS_TIMEOUT_SECONDS: '5' })
    try {
      const agent = brokerClient(hasty.url, userKey)
      const living = await agent.post('/v1/credentials', { purpose: 'backup' })
      expect(living.status).toBe(200)
      broker.advance(1900)
      // That it was not served is remembered for seconds: none of them passes before what follows.
      broker.holdClock()
      fault = broken
      const served = await agent.post('/v1/credentials', { purpose: 'backup' })
      expect(served.body).toMatchObject({ accessKeyId: living.body.accessKeyId })
      const refused = await agent.post('/v1/credentials', { purpose: 'restore' })
      expect(refused).toMatchObject({ status: 503, body: { code: 'unavailable' } })
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
      expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(5)

      const before = calls()
      expect((await agent.post('/v1/credentials', { purpose: 'restore' })).status).toBe(503)
      expect(calls()).toBe(before)
      expect(await (await fetch(`${hasty.url}/readyz`)).json()).toMatchObject({
        state: 'degraded',
        checks: { sts: { state: 'degraded' } },
      })

      fault = undefined
      broker.advance(6)
      expect((await agent.post('/v1/credentials', { purpose: 'restore' })).status).toBe(200)
    } finally {
      await hasty.close()
    }
  },
)

test('a refusal by the token service is not papered over by a credential that still lives', async () => {
  const { agent } = await bindInstance(broker)
  expect((await agent.post('/v1/credentials', { purpose: 'backup' })).status).toBe(200)
  broker.advance(1900)
  fault = {
    kind: 'answer',
    status: 403,
    body: '<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>',
  }
  expect(await agent.post('/v1/credentials', { purpose: 'backup' })).toMatchObject({
    status: 502,
    body: { code: 'store_refused' },
  })
  expect(await agent.post('/v1/credentials', { purpose: 'backup' })).toMatchObject({ status: 502 })
})

test.each([
  ['without a session token', '<SessionToken></SessionToken>'],
  ['that has expired', '<SessionToken>t</SessionToken><Expiration>2020-01-01T00:00:00Z</Expiration>'],
])('an answer %s is neither handed on nor kept', async (_name, part) => {
  const { agent } = await bindInstance(broker)
  fault = {
    kind: 'answer',
    status: 200,
    body: `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials><AccessKeyId>BAD</AccessKeyId><SecretAccessKey>BAD</SecretAccessKey><Expiration>2099-01-01T00:00:00Z</Expiration>${part}</Credentials></AssumeRoleResult></AssumeRoleResponse>`,
  }
  expect(await agent.post('/v1/credentials', { purpose: 'backup' })).toMatchObject({ status: 503 })
  fault = undefined
  broker.advance(6)
  const good = await agent.post('/v1/credentials', { purpose: 'backup' })
  expect(good.status).toBe(200)
  expect(good.body.accessKeyId).not.toBe('BAD')
})

test('a token service that comes back after an hour of outage finds expired credentials served to nobody', async () => {
  const { agent } = await bindInstance(broker)
  expect((await agent.post('/v1/credentials', { purpose: 'backup' })).status).toBe(200)
  broker.advance(3590)
  fault = { kind: 'answer', status: 503 }
  expect((await agent.post('/v1/credentials', { purpose: 'backup' })).status).toBe(503)
})
