import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { DatabaseName } from '@odoo-backup/protocol'
import { checkHealth } from '@odoo-backup/service'
import { readinessChecks } from '../../apps/agent/src/http/readiness.ts'
import type { OpenedAgent } from '../../apps/agent/src/open-agent.ts'
import { type AgentInstance, agentInstance, ended } from '../fixtures/agent-instance.ts'
import { openUploads } from '../fixtures/open-uploads.ts'
import { type OwnRedis, startOwnRedis } from '../fixtures/own-servers.ts'
import { expectRecovered, strayObjects, victim } from './recovered.ts'
import { until, uploadBegun } from './waiting.ts'

let redis: OwnRedis
let instance: AgentInstance
let opened: OpenedAgent
let database: DatabaseName
beforeEach(async () => {
  redis = await startOwnRedis()
  instance = await agentInstance({ queue: redis.url, bandwidth_limit: '6144' })
  opened = await instance.open()
  database = await victim(instance, opened.agent, 16)
})
afterEach(async () => {
  await redis.start()
  await instance.close()
  await redis.close()
})

/** The standing order is in the queue, so that it can be lost. */
const ordersAreMade = () =>
  until(async () => ((await (await opened.queue.get()).standingOrders()).length > 0 ? true : undefined))

/** What `/readyz` answers. */
const health = () => checkHealth({ checks: readinessChecks(opened) })

const isRefused = () =>
  expect(opened.agent.startBackup({ database })).rejects.toMatchObject({
    code: 'queue_unreachable',
    status: 503,
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
  await uploadBegun(opened, await agent.startBackup({ database }))
  await redis.stop('crash')
  await redis.forgetAll()
  await redis.start()
  await until(() => agent.jobs().catch(() => undefined))
  expect(await (await opened.queue.get()).standingOrders()).toEqual([])
  // The run of which Redis knows nothing any more ends by itself: it clears up, or its backup is whole.
  await until(async () => {
    const left = [...(await strayObjects(instance, agent)), ...(await openUploads(instance.prefix))]
    return left.length === 0 ? true : undefined
  })
  await expectRecovered(instance, opened, database)
})
