import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { DatabaseName } from '@odoo-backup/protocol'
import { checkHealth } from '@odoo-backup/service'
import { readinessChecks } from '../../apps/agent/src/http/readiness.ts'
import type { OpenedAgent } from '../../apps/agent/src/open-agent.ts'
import { type AgentInstance, agentInstance, ended } from '../fixtures/agent-instance.ts'
import { openUploads } from '../fixtures/open-uploads.ts'
import { type OwnRedis, startOwnRedis } from '../fixtures/own-servers.ts'
import { expectRecovered, strayObjects, victim } from './recovered.ts'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts'
import { until, uploadBegun } from './waiting.ts'

let redis: OwnRedis
let wire: TcpProxy
let instance: AgentInstance
let opened: OpenedAgent
let database: DatabaseName
beforeEach(async () => {
  redis = await startOwnRedis()
  const url = new URL(redis.url)
  wire = await startTcpProxy(Number(url.port))
  url.port = String(wire.port)
  instance = await agentInstance({ queue: url.href, bandwidth_limit: '6144' })
  opened = await instance.open()
  database = await victim(instance, opened.agent, 16)
})
afterEach(async () => {
  await redis.start()
  wire.mend()
  await instance.close()
  await wire.close()
  await redis.close()
})

/** The standing order is in the queue, so that it can be lost. */
const ordersAreMade = () =>
  until(async () => ((await (await opened.queue.get()).standingOrders()).length > 0 ? true : undefined))

/** What `/readyz` answers. */
const health = () =>
  checkHealth({ checks: readinessChecks({ ...opened, notices: { list: async () => [] } }) })

const isRefused = () =>
  expect(opened.agent.startBackup({ database })).rejects.toMatchObject({
    code: 'queue_unreachable',
    status: 503,
    message: expect.stringContaining('The job was not added'),
  })

test.each(['orderly', 'crash'] as const)(
  'Redis is restarted (%s) in the middle of a backup: jobs and schedules stay, and the service goes on by itself',
  async how => {
    const { agent } = opened
    await ordersAreMade()
    const id = await agent.startBackup({ database })
    await uploadBegun(opened, id)
    await redis.stop(how)
    await isRefused()
    expect(await health()).toMatchObject({
      state: 'failed',
      checks: { queue: { state: 'failed' }, postgres: { state: 'ok' } },
    })
    await redis.start()
    const done = await until(() => ended(agent, id).catch(() => undefined))
    expect(done).toMatchObject({ state: 'completed' })
    await expectRecovered(instance, opened, database)
    expect(await health()).toMatchObject({ state: 'ok' })
  },
)

test('Redis is restarted empty in the middle of a backup: nothing half of it stays, and the schedules come back from the settings', async () => {
  const { agent } = opened
  await ordersAreMade()
  const id = await agent.startBackup({ database })
  await uploadBegun(opened, id)
  await redis.stop('crash')
  await redis.forgetAll()
  await redis.start()
  await until(() => agent.jobs().catch(() => undefined))
  // Whether the orders are back already depends on when the service looked last.
  await expect(agent.job(id)).rejects.toMatchObject({ code: 'job_unknown' })
  // The run of which Redis knows nothing any more ends by itself: it clears up, or its backup is whole.
  await until(async () => {
    const left = [...(await strayObjects(instance, agent)), ...(await openUploads(instance.prefix))]
    return left.length === 0 ? true : undefined
  })
  await expectRecovered(instance, opened, database)
})

test('Redis falls silent in the middle of a backup, as a machine does that vanishes: who asks is told so, and all goes on when it is back', async () => {
  const { agent } = opened
  await ordersAreMade()
  const id = await agent.startBackup({ database })
  await uploadBegun(opened, id)
  wire.silence('open and new')
  await expect(agent.jobs()).rejects.toMatchObject({ code: 'queue_unreachable', status: 503 })
  await isRefused()
  expect(await health()).toMatchObject({ checks: { queue: { state: 'failed' } } })
  wire.mend()
  const done = await until(() => ended(agent, id).catch(() => undefined))
  expect(done).toMatchObject({ state: 'completed' })
  await expectRecovered(instance, opened, database)
})

test('a command that is started while Redis is away says so, and ends', async () => {
  await redis.stop()
  const command = await instance.open({ worker: 'never' })
  await expect(command.agent.jobs()).rejects.toMatchObject({
    code: 'queue_unreachable',
    message: expect.stringMatching(/Redis at 127\.0\.0\.1:\d+ does not answer/),
  })
  await command.close()
  await redis.start()
  expect(await until(() => opened.agent.jobs().catch(() => undefined))).toEqual([])
})
