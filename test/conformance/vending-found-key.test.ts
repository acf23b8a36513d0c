/** A broker that was given no key for the token service and finds its own, as on a machine of Amazon's. */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { brokerClient } from '../fixtures/broker-client.ts'
import { type BrokerProcess, startBrokerProcess } from '../fixtures/broker-process.ts'
import { type FaultProxy, startFaultProxy } from '../fixtures/fault-proxy.ts'
import { brokerEnvironment, type RunningBroker, runBroker } from '../fixtures/running-broker.ts'
import { bindInstance } from './vending-instance.ts'
import { sandbox } from './vending-sandbox.ts'

const hashingKeys = `k1:${randomBytes(32).toString('base64')}`
/** Where instances are bound; it vends nothing here. */
let front: RunningBroker
let started: BrokerProcess | undefined
beforeAll(async () => {
  front = await runBroker({ BROKER_HASHING_KEYS: hashingKeys })
})
afterEach(() => started?.end('SIGKILL'))
afterAll(() => front.close())

async function vendWith(environment: Readonly<Record<string, string>>) {
  const { userKey } = await bindInstance(front)
  started = startBrokerProcess({
    ...brokerEnvironment(front.url, front.databaseUrl),
    BROKER_PORT: '0',
    BROKER_HASHING_KEYS: hashingKeys,
    BROKER_STS_ACCESS_KEY_ID: '',
    BROKER_STS_SECRET_ACCESS_KEY: '',
    ...environment,
  })
  return await brokerClient(await started.listening(), userKey).post('/v1/credentials', { purpose: 'backup' })
}

test('it vends with the key that its environment holds', async () => {
  const { status } = await vendWith({
    AWS_ACCESS_KEY_ID: sandbox.brokerAccessKeyId,
    AWS_SECRET_ACCESS_KEY: sandbox.brokerSecretAccessKey,
  })
  expect(status).toBe(200)
})

describe('where its own key never comes', () => {
  let silent: FaultProxy
  let folder: string
  beforeAll(async () => {
    silent = await startFaultProxy(sandbox.stsEndpoint, () => ({ kind: 'stall' }))
    folder = await mkdtemp(join(tmpdir(), 'found-key-'))
    await writeFile(join(folder, 'token'), 'e30.e30.e30')
  })
  afterAll(async () => {
    await silent.close()
    await rm(folder, { recursive: true })
  })

  test('who asks is told to come back once the time for the token service is over', async () => {
    const answer = await vendWith({
      AWS_ROLE_ARN: sandbox.roleArn,
      AWS_WEB_IDENTITY_TOKEN_FILE: join(folder, 'token'),
      AWS_ENDPOINT_URL_STS: silent.url,
      AWS_REGION: sandbox.region,
      BROKER_STS_TIMEOUT_SECONDS: '5',
    })
    expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } })
    expect(silent.requests).toHaveLength(1)
  })
})
