/** Two brokers as an operator runs them: processes of their own, behind one Redis and one PostgreSQL. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { brokerClient } from '../fixtures/broker-client.ts'
import { type FaultProxy, startFaultProxy } from '../fixtures/fault-proxy.ts'
import { noteOutput } from '../fixtures/run-records.ts'
import { brokerEnvironment, type RunningBroker, runBroker } from '../fixtures/running-broker.ts'
import { bindInstance } from './vending-instance.ts'
import { sandbox } from './vending-sandbox.ts'

const hashingKeys = `k1:${randomBytes(32).toString('base64')}`
const sealingKeys = `k1:${randomBytes(32).toString('base64')}`
let tokenService: FaultProxy
/** Where instances are bound; it vends nothing here. */
let front: RunningBroker
let brokers: { child: ChildProcess; url: string }[]
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
    BROKER_RATE_PER_KEY: '100000',
    BROKER_RATE_PER_ADDRESS: '100000',
  }
  brokers = await Promise.all([start(environment), start(environment)])
})
afterAll(async () => {
  for (const { child } of brokers ?? []) {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  await front?.close()
  await tokenService?.close()
})

async function start(environment: Record<string, string>) {
  const child = spawn(
    process.execPath,
    ['--conditions=odoo-backup-source', '--import', 'tsx', 'apps/broker/src/main.ts'],
    { env: { PATH: process.env.PATH, ...environment }, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  noteOutput('a process of the broker', child.stdout)
  let log = ''
  child.stdout.on('data', data => (log += data))
  for (;;) {
    const line = /^.*"the broker listens".*$/m.exec(log)?.[0]
    if (line !== undefined) return { child, url: String(JSON.parse(line).url) }
    if (child.exitCode !== null) throw new Error(log)
    await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])
  }
}

test('500 requests at once of a cold instance, to two processes, cause one call to the token service', async () => {
  const { userKey } = await bindInstance(front)
  const agents = brokers.map(({ url }) => brokerClient(url, userKey))
  const answers = await Promise.all(
    Array.from({ length: 500 }, (_, index) =>
      agents[index % 2]?.post('/v1/credentials', { purpose: 'backup' }),
    ),
  )
  expect(answers.map(answer => answer?.status).filter(status => status !== 200)).toEqual([])
  expect(new Set(answers.map(answer => answer?.body.accessKeyId)).size).toBe(1)
  expect(tokenService.requests).toHaveLength(1)
})
