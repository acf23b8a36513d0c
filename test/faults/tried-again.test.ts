import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { DatabaseName, type JobId, type JobView } from '@odoo-backup/protocol'
import type { OpenedAgent } from '../../apps/agent/src/open-agent.ts'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { type AgentInstance, agentInstance, ended } from '../fixtures/agent-instance.ts'
import { type AgentSurface, agentSurface } from '../fixtures/agent-surface.ts'
import { until } from './waiting.ts'

const PAUSE_MS = 600_000

describe.each([
  ['PostgreSQL', 'postgres'],
  ['Redis', sandboxEnvironment().redisUrl],
])('with the queue in %s', (_name, queue) => {
  let instance: AgentInstance
  let opened: OpenedAgent
  let surface: AgentSurface
  let database: DatabaseName
  beforeEach(async () => {
    instance = await agentInstance({ queue, retry_seconds: `${PAUSE_MS / 1000}` })
    opened = await instance.open()
    surface = await agentSurface(instance, opened)
    database = DatabaseName.parse(await instance.odoo.createSample())
  })
  afterEach(async () => {
    await surface.close()
    await instance.close()
  })

  /** How many sessions the database may have: with none free a backup fails, and is tried again. */
  async function allowSessions(most: number): Promise<void> {
    const client = await instance.odoo.superuser()
    try {
      await client.query(`ALTER DATABASE ${database} CONNECTION LIMIT ${most}`)
    } finally {
      await client.end()
    }
  }

  /** A backup that failed, and waits for its next try. */
  async function failedOnce(): Promise<JobView> {
    await allowSessions(0)
    const id: JobId = await opened.agent.startBackup({ database })
    return await until(async () => {
      const view = await opened.agent.job(id)
      return view.state === 'delayed' ? view : undefined
    })
  }

  test('a job whose try failed says when the next one is, and is tried at once when somebody asks for it', async () => {
    const begun = Date.now()
    const waiting = await failedOnce()
    const nextTry = Date.parse(waiting.triesAgainAt ?? '')
    expect(nextTry).toBeGreaterThan(begun + PAUSE_MS)
    expect(nextTry).toBeLessThanOrEqual(Date.now() + PAUSE_MS)
    // The time that a failed phase took does not grow with the pause.
    expect(waiting.phases.at(-1)?.finishedAt).toBeDefined()
    const address = `/jobs/${waiting.id}/try-again`
    await allowSessions(-1)
    expect(await surface.api('POST', address)).toMatchObject({ status: 202, body: { id: waiting.id } })
    const done = await ended(opened.agent, waiting.id)
    expect(done).toMatchObject({ state: 'completed', attempt: 2 })
    expect(done.triesAgainAt).toBeUndefined()
    expect(await surface.api('POST', address)).toMatchObject({ status: 409, body: { code: 'job_finished' } })
  })

  test('the command line tells the moment as well, and tries again', async () => {
    const { id, triesAgainAt = '' } = await failedOnce()
    const told = `the next one is at ${triesAgainAt.slice(0, 10)} ${triesAgainAt.slice(11, 19)} UTC`
    expect((await surface.cli('jobs')).stdout).toContain(told)
    await allowSessions(-1)
    const retried = await surface.cli('retry', id)
    expect(retried).toMatchObject({ status: 0, stdout: expect.stringContaining('is done') })
    expect((await opened.agent.job(id)).attempt).toBe(2)
  })
})
