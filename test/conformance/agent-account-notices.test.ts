import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, expect, test } from '@jest/globals'
import { createLogger, createMetrics } from '@odoo-backup/service'
import { createMemoryFile, createMonitor } from '../../apps/agent/src/monitor/index.ts'
import { type AgentInstance, agentInstance, NO_BUCKET } from '../fixtures/agent-instance.ts'
import { brokerClient } from '../fixtures/broker-client.ts'
import { HttpBrowser } from '../fixtures/http-browser.ts'
import { approve } from '../fixtures/log-in.ts'
import { loneLease } from '../fixtures/lone-lease.ts'
import { newOdooComUser, newUserKey, type RunningBroker, runBroker } from '../fixtures/running-broker.ts'

const MINUTE = 60_000
const DAY = 1440 * MINUTE

let broker: RunningBroker
let instance: AgentInstance
const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await Promise.all(closing.splice(0).map(close => close()))
  await instance.close()
  await broker.close()
})

async function receiver() {
  const received: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', chunk => (body += chunk))
    request.on('end', () => {
      received.push(body)
      response.end()
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise(resolve => server.close(resolve)))
  const { port } = server.address() as AddressInfo
  return { received, url: `http://127.0.0.1:${port}/hook` }
}

test('another Odoo that is approved for the account is told once to the one that was there, however much was told before', async () => {
  const { received, url } = await receiver()
  broker = await runBroker()
  instance = await agentInstance({
    ...NO_BUCKET,
    broker_url: broker.url,
    ...{ notice_webhook: url, notice_private_addresses: 'True' },
  })
  const { agent } = await instance.open({ worker: 'never' })
  const user = await newOdooComUser()
  const first = await agent.connect()
  if (first.state !== 'login_required') throw new Error('the agent was connected already')
  const browser = new HttpBrowser()
  const { code = '' } = await approve(browser, first.authLink, user)
  await agent.connect({ code })
  await broker.query(
    `INSERT INTO notice (account_id, type, message, created_at)
     SELECT a.id, 'other', 'old message ' || n, now() FROM account a, generate_series(1, 120) n WHERE a.email = $1`,
    [user.login],
  )

  let now = Date.now()
  const monitor = createMonitor({
    agent,
    memory: createMemoryFile(join(instance.folder, 'told.json')),
    lease: loneLease,
    metrics: createMetrics({ processFigures: false }),
    log: createLogger({ name: 'agent', level: 'silent' }),
    clock: () => now,
  })
  await monitor.look()
  expect(await monitor.list()).toEqual([])

  const other = brokerClient(broker.url, newUserKey())
  const { authLink } = (await other.post('/v1/login-requests')).body
  expect((await approve(browser, authLink, user)).code).toBeDefined()
  for (let turn = 0; turn < 3; turn += 1) {
    now += 11 * MINUTE
    await monitor.look()
  }
  expect(await monitor.list()).toMatchObject([
    { kind: 'instance_bound', severity: 'warning', message: expect.stringContaining('If it was not you') },
  ])
  expect(received).toEqual([expect.stringContaining('A server was approved for your backup account')])

  now += 7 * DAY
  await monitor.look()
  expect(await monitor.list()).toMatchObject([{ kind: 'instance_bound', clearedAt: expect.any(String) }])
  expect(received).toHaveLength(1)
})
