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

  /** A backup that failed so often, and waits for its next try. */
  const failed = (id: JobId, times: number): Promise<JobView> =>
    until(async () => {
      const view = await opened.agent.job(id)
      return view.state === 'delayed' && view.attempt === times ? view : undefined
    })

  async function failedOnce(): Promise<JobView> {
    await allowSessions(0)
    return await failed(await opened.agent.startBackup({ database }), 1)
  }

  function expectPause({ triesAgainAt = '' }: JobView, milliseconds: number, after: number): void {
    expect(Date.parse(triesAgainAt)).toBeGreaterThan(after + milliseconds)
    expect(Date.parse(triesAgainAt)).toBeLessThanOrEqual(Date.now() + milliseconds)
  }

  test('a job whose try failed says when the next one is, and is tried at once when somebody asks for it', async () => {
    const begun = Date.now()
    const waiting = await failedOnce()
    expectPause(waiting, PAUSE_MS, begun)
    expect(waiting.phases.at(-1)?.finishedAt).toBeDefined()
    const address = `/jobs/${waiting.id}/try-again`
    const begunAgain = Date.now()
    expect(await surface.api('POST', address)).toMatchObject({ status: 202, body: { id: waiting.id } })
    expectPause(await failed(waiting.id, 2), 2 * PAUSE_MS, begunAgain)
    await allowSessions(-1)
    // The last try is asked for on the plain page.
    await surface.page()
    const shown = await surface.browser.open(`${surface.url}/web/database/backups/jobs/${waiting.id}`)
    const form = shown.forms.find(({ action }) => action.endsWith('/try-again'))
    if (form === undefined) throw new Error('the plain page does not offer to try again')
    await surface.browser.submit(shown, form, {})
    const done = await ended(opened.agent, waiting.id)
    expect(done).toMatchObject({ state: 'completed', attempt: 3 })
    expect(done.triesAgainAt).toBeUndefined()
    expect(await surface.api('POST', address)).toMatchObject({ status: 409, body: { code: 'job_finished' } })
  })

  test('the command line tells the moment as well, and tries again', async () => {
    const { id, triesAgainAt = '' } = await failedOnce()
    const told = `next one at ${triesAgainAt.slice(0, 10)} ${triesAgainAt.slice(11, 16)} UTC`
    expect((await surface.cli('jobs')).stdout).toContain(told)
    await allowSessions(-1)
    const retried = await surface.cli('retry', id)
    expect(retried).toMatchObject({ status: 0, stdout: expect.stringContaining('is done') })
    expect((await opened.agent.job(id)).attempt).toBe(2)
  })
})
