import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { runCli } from '../../apps/agent/src/cli/run.ts'
import { openNoticeBoard } from '../../apps/agent/src/monitor/index.ts'
import type { OpenedAgent } from '../../apps/agent/src/open-agent.ts'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { commandLine } from '../fixtures/agent-command-line.ts'
import { type AgentInstance, agentInstance } from '../fixtures/agent-instance.ts'

// Who works off the job of a command: the service where one lives, else the command.

describe.each([
  ['PostgreSQL', 'postgres'],
  ['Redis', sandboxEnvironment().redisUrl],
])('with the queue in %s', (_name, queue) => {
  let instance: AgentInstance
  let database: string
  const run = (...args: string[]) => runUntil(new AbortController().signal, ...args)
  const runUntil = (signal: AbortSignal, ...args: string[]) => {
    const { world, written } = commandLine().prepare()
    const openAgent = async ({ worker }: { worker: 'if-none-lives' | 'never' }) => {
      const { agent, store, isLeftToOthers, close } = await instance.open({ worker })
      return { agent, notices: openNoticeBoard(agent, store.path), isLeftToOthers, close }
    }
    return runCli(args, { ...world, signal, openAgent }, 'test').then(status => ({ status, ...written }))
  }
  const lastLine = ({ stdout }: { stdout: string }) => JSON.parse(stdout.trim().split('\n').at(-1) ?? '')

  beforeAll(async () => {
    instance = await agentInstance({ queue })
    database = await instance.odoo.createSample()
  })
  afterAll(() => instance.close())

  test('a job that waits while no service runs is worked off by the command that follows it', async () => {
    const { id, state } = lastLine(await run('backup', database, '--no-wait', '--json'))
    expect(state).toBe('waiting')
    const followed = await run('jobs', id)
    expect(followed).toMatchObject({ status: 0, stdout: expect.stringContaining('is done') })
    expect(await run('jobs', id)).toMatchObject({ status: 0, stdout: followed.stdout })
  })

  describe('beside a service', () => {
    let service: OpenedAgent
    beforeAll(async () => {
      // Its clock stands elsewhere, so that its backups are told from those that a command makes.
      service = await instance.open({ now: () => new Date('2031-01-01T00:00:00Z') })
      const opened = await service.queue.get()
      while ((await opened.liveWorkers()) === 0) await wait(50)
    })

    test('a command leaves its job to the service and follows it', async () => {
      const ran = await run('backup', database, '--json')
      const ofService = expect.stringContaining('.2031-01-01_00-00-0')
      expect(ran.status).toBe(0)
      expect(lastLine(ran)).toMatchObject({ state: 'completed', backup: ofService })
      const { id } = lastLine(await run('backup', database, '--no-wait', '--json'))
      expect(lastLine(await run('jobs', id, '--json'))).toMatchObject({
        state: 'completed',
        backup: ofService,
      })
    })

    test('Ctrl-C ends the following of a job of the service, which goes on, and tells how to cancel it', async () => {
      const interrupt = new AbortController()
      /** The backup alone: the rotation that an earlier one queued may run as well. */
      const running = async () => {
        for (;;) {
          const jobs = await service.agent.jobs()
          const active = jobs.find(({ kind, state }) => kind === 'backup' && state === 'active')
          if (active !== undefined) return active
          await wait(50)
        }
      }
      await instance.odoo.cluster.withClient(database, async client => {
        // The dump waits for this lock, so that the job surely runs when its follower leaves.
        await client.query('BEGIN; LOCK TABLE ir_mail_server IN ACCESS EXCLUSIVE MODE')
        const following = runUntil(interrupt.signal, 'backup', database)
        const { id } = await running()
        interrupt.abort()
        const left = await following
        expect(left).toMatchObject({ status: 130, stdout: '' })
        expect(left.stderr).toContain(`cancel it with "odoo-backup cancel ${id}"`)
        await client.query('ROLLBACK')
        expect(await run('jobs', id)).toMatchObject({ status: 0 })
        expect((await service.agent.job(id)).state).toBe('completed')
      })
    })
  })
})
