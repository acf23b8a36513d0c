import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { bindInstance } from '../conformance/vending-instance.ts'
import { brokerClient } from '../fixtures/broker-client.ts'
import { HttpBrowser } from '../fixtures/http-browser.ts'
import { type RunningBroker, runBroker } from '../fixtures/running-broker.ts'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts'
import { until } from './waiting.ts'

/** What the broker stands on does not go away, it hangs: connections stay open and nothing answers. */

const sandbox = sandboxEnvironment()
let broker: RunningBroker
let wire: TcpProxy
let replica: { url: string; close(): Promise<void> }
beforeEach(async () => {
  broker = await runBroker()
})
afterEach(async () => {
  await replica.close()
  await wire.close()
  await broker.close()
})

/** A replica that reaches the server of this URL over a wire of the test's own. */
async function overWire(url: string, settings: (url: string) => Record<string, string>): Promise<void> {
  const through = new URL(url)
  wire = await startTcpProxy(Number(through.port))
  through.port = String(wire.port)
  replica = await broker.replica(settings(through.href))
}

test('a Redis that hangs delays one request by a second or two; all others, and the pages, are served', async () => {
  const prefix = `test-hangs-${randomBytes(6).toString('hex')}:`
  await overWire(sandbox.redisUrl, url => ({
    BROKER_REDIS_URL: url,
    BROKER_REDIS_PREFIX: prefix,
    BROKER_RATE_PER_KEY: '1000',
  }))
  const { userKey } = await bindInstance(broker)
  const agent = brokerClient(replica.url, userKey)
  const vend = () => agent.post('/v1/credentials', { purpose: 'backup' })
  const askAll = async () => {
    const begun = performance.now()
    for (let count = 0; count < 20; count += 1) expect((await vend()).status).toBe(200)
    expect((await new HttpBrowser().open(`${replica.url}/login`)).status).toBe(200)
    return performance.now() - begun
  }
  const undisturbedMs = await askAll()

  wire.silence('open and new')
  // Twenty-one requests of several commands each: without memory of the silence each would wait its seconds.
  expect((await askAll()) - undisturbedMs).toBeLessThan(15_000)
  expect(await (await fetch(`${replica.url}/readyz`)).json()).toMatchObject({
    checks: { redis: { state: 'failed' } },
  })

  wire.mend()
  await until(async () => ((await fetch(`${replica.url}/readyz`)).ok ? true : undefined))
  expect((await vend()).status).toBe(200)
})

test('connections to a PostgreSQL server that vanished are given up, and vending goes on over new ones', async () => {
  await overWire(broker.databaseUrl, url => ({ BROKER_DATABASE_URL: url }))
  const { userKey } = await bindInstance(broker)
  const agent = brokerClient(replica.url, userKey)
  const vend = () => agent.post('/v1/credentials', { purpose: 'backup' })
  expect((await vend()).status).toBe(200)

  wire.silence('open')
  const begun = performance.now()
  await until(async () => ((await vend()).status === 200 ? true : undefined))
  // TCP would take a quarter of an hour.
  expect(performance.now() - begun).toBeLessThan(120_000)
})
