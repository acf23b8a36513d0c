import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { afterEach, expect, test } from '@jest/globals'
import { withDatabaseLock } from '@odoo-backup/odoo'
import { DatabaseName, type JobId, type JobView } from '@odoo-backup/protocol'
import { sandboxEnvironment } from '../../../../infra/sandbox/environment.ts'
import { until } from '../../../../test/faults/waiting.ts'
import { type AgentInstance, agentInstance, ended } from '../../../../test/fixtures/agent-instance.ts'
import type { OpenedAgent } from '../open-agent.ts'
import type { Agent } from '../operations.ts'

let instance: AgentInstance
let busy: DatabaseName
let other: DatabaseName
let opened: OpenedAgent
let agent: Agent
const open = async (options: Readonly<Record<string, string>>) => {
  instance = await agentInstance({ parallel_jobs: '1', ...options })
  busy = DatabaseName.parse(await instance.odoo.createSample())
  other = DatabaseName.parse(await instance.odoo.createSample())
  opened = await instance.open()
  agent = opened.agent
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

test.each([
  ['PostgreSQL', {}],
  ['Redis', { queue: sandboxEnvironment().redisUrl }],
])(
  'runs of a schedule that come while one waits for its turn are left out, and hold up nothing behind it (queue in %s)',
  async (_name, options) => {
    await open({ parallel_jobs: '2', ...options })
    const runs = async (...states: readonly JobView['state'][]) =>
      (await agent.jobs()).filter(job => job.kind === 'backup' && states.includes(job.state))
    const replacing = await withDatabaseLock(instance.odoo.cluster, busy, async () => {
      await appendFile(
        instance.configurationFile,
        `\n[database:${busy}]\nodoo_backup_sh_schedule_often = cron * * * * * *\n`,
      )
      const [waiting] = await until(async () => {
        const found = await runs('waiting')
        return found.some(({ phases }) => phases.length > 0) ? found : undefined
      })
      if (waiting === undefined) throw new Error('no run waits')
      await waitsInLine(waiting.id)
      const asked = await agent.startBackup({ database: busy })
      await until(async () => ((await runs('skipped')).length >= 3 ? true : undefined))
      const text = await readFile(instance.configurationFile, 'utf8')
      await writeFile(
        instance.configurationFile,
        // Still a schedule: runs of one that is gone would be cancelled.
        text.replace('cron * * * * * *', 'cron 0 0 1 1 *'),
      )
      // Two that met the lock in one moment have both gone into line: the later one leaves it at its next try.
      await until(async () => {
        const orders = await (await opened.queue.get()).standingOrders()
        const left = await runs('waiting', 'active')
        const isOver = orders.every(({ pattern }) => !pattern.includes('* * * * * *'))
        return isOver && left.length === 2 ? true : undefined
      })
      return asked
    })
    expect(await ended(agent, replacing)).toMatchObject({ state: 'completed' })
    const [second, first, ...more] = await runs('completed')
    expect(more).toEqual([])
    // The run that was missed is made up once, and what was asked for meanwhile comes next.
    expect(second?.id).toBe(replacing)
    expect(Date.parse(second?.startedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(first?.finishedAt ?? ''))
    for (const left of await runs('skipped')) {
      expect(left).toMatchObject({ warnings: [{ text: { code: 'run_left_out' } }] })
      expect((await agent.jobLog(left.id)).lines[0]?.text).toContain(
        'waits for its turn yet and does for both',
      )
    }
    expect(await runs('failed')).toEqual([])
    expect((await agent.backups({ database: busy })).length).toBe(2)
  },
)
