import { afterEach, expect, test } from '@jest/globals'
import { withDatabaseLock } from '@odoo-backup/odoo'
import { DatabaseName, type JobId } from '@odoo-backup/protocol'
import { sandboxEnvironment } from '../../../../infra/sandbox/environment.ts'
import { type AgentInstance, agentInstance, ended } from '../../../../test/fixtures/agent-instance.ts'
import type { Agent } from '../operations.ts'

let instance: AgentInstance
let busy: DatabaseName
let other: DatabaseName
let agent: Agent
const open = async (options: Readonly<Record<string, string>>) => {
  instance = await agentInstance({ parallel_jobs: '1', ...options })
  busy = DatabaseName.parse(await instance.odoo.createSample())
  other = DatabaseName.parse(await instance.odoo.createSample())
  agent = (await instance.open()).agent
}
afterEach(() => instance.close())

/** Waits until a job has found another at work. */
async function waitsInLine(id: JobId): Promise<void> {
  for await (const { state, phases } of agent.follow(id)) if (state === 'waiting' && phases.length > 0) return
  throw new Error('the job ended')
}

const turns = async (id: JobId) => {
  const { lines } = await agent.jobLog(id)
  return lines.filter(({ text }) => text.includes('waits in the queue for its turn')).length
}

test.each([
  ['PostgreSQL', {}],
  ['Redis', { queue: sandboxEnvironment().redisUrl }],
])(
  'a job that has to wait for another of its database holds up no other database, with one place for jobs (queue in %s)',
  async (_name, options) => {
    await open(options)
    const [first, second, stopped] = await withDatabaseLock(instance.odoo.cluster, busy, async () => {
      const waiting = await agent.startBackup({ database: busy })
      await waitsInLine(waiting)
      const behind = await agent.startBackup({ database: busy })
      const unwanted = await agent.startBackup({ database: busy })
      expect(await ended(agent, await agent.startBackup({ database: other }))).toMatchObject({
        state: 'completed',
      })
      await agent.cancel(unwanted)
      expect(await ended(agent, unwanted)).toMatchObject({ state: 'cancelled' })
      await waitsInLine(waiting)
      expect(await agent.job(waiting)).toMatchObject({ attempt: 1 })
      return [waiting, behind, unwanted]
    })
    const [one, next] = [await ended(agent, first), await ended(agent, second)]
    expect(one).toMatchObject({ state: 'completed', attempt: 1 })
    expect(next).toMatchObject({ state: 'completed', attempt: 1 })
    // Whoever came first goes first.
    expect(Date.parse(next.startedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(one.finishedAt ?? ''))
    expect(await turns(first)).toBe(1)
    expect((await agent.backups()).filter(({ database }) => database === busy)).toHaveLength(2)
    expect(await ended(agent, stopped)).toMatchObject({ state: 'cancelled' })
  },
)

test('with places to spare, the jobs of one database run one after the other as they came', async () => {
  await open({ parallel_jobs: '2', bandwidth_limit: '1024' })
  const running = await agent.startBackup({ database: busy })
  for await (const { progress } of agent.follow(running)) if (progress?.phase === 'upload') break
  const ids = [await agent.startBackup({ database: busy }), await agent.startBackup({ database: busy })]
  const [before, ...after] = await Promise.all([running, ...ids].map(id => ended(agent, id)))
  expect(after).toMatchObject([
    { state: 'completed', attempt: 1 },
    { state: 'completed', attempt: 1 },
  ])
  const finished = [before, ...after].map(job => Date.parse(job?.finishedAt ?? ''))
  expect(finished).toEqual([...finished].sort((one, other) => one - other))
})
