/** Two brokers as an operator runs them: processes of their own, behind one Redis and one PostgreSQL. */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { brokerClient } from '../fixtures/broker-client.ts'
import { type BrokerProcess, startBrokerProcess } from '../fixtures/broker-process.ts'
import { type FaultProxy, startFaultProxy } from '../fixtures/fault-proxy.ts'
import { brokerEnvironment, type RunningBroker, runBroker } from '../fixtures/running-broker.ts'
import { bindInstance } from './vending-instance.ts'
import { sandbox } from './vending-sandbox.ts'

const hashingKeys = `k1:${randomBytes(32).toString('base64')}`
const sealingKeys = `k1:${randomBytes(32).toString('base64')}`
let tokenService: FaultProxy
/** Where instances are bound; it vends nothing here. */
let front: RunningBroker
let brokers: BrokerProcess[]
beforeAll(async () => {
  tokenService = await startFaultProxy(sandbox.stsEndpoint, () => undefined)
  front = await runBroker({ BROKER_HASHING_KEYS: hashingKeys })
  const environment = {
    ...brokerEnvironment(front.url, front.databaseUrl),
    BROKER_PORT: '0',
    BROKER_HASHING_KEYS: hashingKeys,
    BROKER_SEALING_KEYS: sealingKeys,
    BROKER_REDIS_URL: sandbox.redisUrl,
    BROKER_REDIS_PREFIX: `test-processes-${randomBytes(6).toString('hex')}:`,
    BROKER_STS_ENDPOINT: tokenService.url,
    BROKER_STS_TIMEOUT_SECONDS: '60',
    BROKER_RATE_PER_KEY: '100000',
    BROKER_RATE_PER_ADDRESS: '100000',
  }
  brokers = [startBrokerProcess(environment), startBrokerProcess(environment)]
  await Promise.all(brokers.map(broker => broker.listening()))
})
afterAll(async () => {
  for (const broker of brokers ?? []) await broker.end()
  await front?.close()
  await tokenService?.close()
})

test('500 requests at once of a cold instance, to two processes, cause one call to the token service', async () => {
  const { userKey } = await bindInstance(front)
  const urls = await Promise.all(brokers.map(broker => broker.listening()))
  const agents = urls.map(url => brokerClient(url, userKey))
  const answers = await Promise.all(
    Array.from({ length: 500 }, (_, index) =>
      agents[index % 2]?.post('/v1/credentials', { purpose: 'backup' }),
    ),
  )
  expect(answers.map(answer => answer?.status).filter(status => status !== 200)).toEqual([])
  expect(new Set(answers.map(answer => answer?.body.accessKeyId)).size).toBe(1)
  expect(tokenService.requests).toHaveLength(1)
})
