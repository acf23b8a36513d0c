import { describe, expect, test } from '@jest/globals'
import {
  BACKUP,
  type CommandLineFixture,
  useCommandLine,
} from '../../../../test/fixtures/agent-command-line.ts'
import { asWarning } from '../wording/warning.ts'

let cli: CommandLineFixture
useCommandLine(made => {
  cli = made
})

describe('jobs that are followed', () => {
  test('backup adds the job, follows it with a worker at hand, and says what it did', async () => {
    const times = { startedAt: '2026-01-31T05:00:00Z', finishedAt: '2026-01-31T05:02:05Z' }
    cli.agent.outcome = {
      state: 'completed',
      backup: BACKUP,
      ...times,
      progress: { phase: 'done', doneBytes: 2048 },
    }
    const { status, stdout } = await cli.run('backup', 'shop')
    expect(status).toBe(0)
    expect(stdout).toBe(`Backup of shop is done (${BACKUP}, 2.0 kB, 2 min 5 s).\n`)
    expect(cli.opened).toEqual([
      { configurationFile: '/etc/odoo-backup/agent.conf', worker: 'if-none-lives' },
    ])
  })

  test('of a trial restore it says that the backup passed', async () => {
    cli.agent.outcome = { state: 'completed', backup: BACKUP }
    expect((await cli.run('verify', BACKUP)).stdout).toBe(`Verification of shop passed (${BACKUP}).\n`)
  })

  test('with --json every state is a line and the last one is final', async () => {
    const { stdout } = await cli.run('backup', 'shop', '--json')
    const lines = stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(lines.at(-1)).toMatchObject({ kind: 'backup', database: 'shop', state: 'completed' })
  })

  test('a failed job ends with the status of its failure, its message, and nothing on standard output', async () => {
    cli.agent.outcome = {
      state: 'failed',
      failure: { code: 'disk_full', message: 'No room. Make some.' },
    }
    const { status, stdout, stderr } = await cli.run('backup', 'shop')
    expect(status).toBe(73)
    expect(stdout).toBe('')
    expect(stderr).toContain('odoo-backup: No room. Make some.')
  })

  test('warnings of a job are shown', async () => {
    cli.agent.outcome = { state: 'completed', warnings: [asWarning({ code: 'not_in_backups' })] }
    expect((await cli.run('backup', 'shop')).stderr).toContain('Warning: Your own add-ons')
  })

  test('a cancelled rotation does not say that nothing was changed: what it deleted by then is gone', async () => {
    cli.agent.outcome = { state: 'cancelled' }
    const [backup] = cli.agent.kept
    if (backup === undefined) throw new Error('There is no backup to rotate.')
    cli.agent.rotationPlan = async () => ({
      database: backup.database,
      kept: [],
      rotated: [{ backup, reason: 'It is too old.', texts: [] }],
    })
    const rotation = await cli.run('rotate', 'shop', '--yes')
    expect(rotation.stderr).toContain('Rotation of shop was cancelled. What it had deleted by then is gone.')
    expect((await cli.run('backup', 'shop')).stderr).toContain(
      'Backup of shop was cancelled. What it had begun is removed.',
    )
  })

  describe('that Ctrl-C interrupts', () => {
    const interrupt = async (...args: string[]) => {
      const stop = new AbortController()
      cli.signal = stop.signal
      cli.agent.outcome = { state: 'active' }
      cli.agent.follow = async function* (id, signal) {
        yield await cli.agent.job(id)
        stop.abort()
        await new Promise(setImmediate)
        if (signal?.aborted !== true) yield await cli.agent.job(id)
      }
      return cli.run('backup', 'shop', ...args)
    }

    test('are cancelled where the command works them off itself', async () => {
      const { status, stderr } = await interrupt()
      expect(status).toBe(75)
      expect(stderr).toContain('Cancelling')
      expect(cli.agent.jobsMade).toMatchObject([{ state: 'cancelled' }])
    })

    test('go on where a service works them off, and it is told how to cancel them', async () => {
      cli.serviceLives = true
      const { status, stdout, stderr } = await interrupt()
      expect(status).toBe(130)
      expect(stdout).toBe('')
      expect(stderr).toContain(
        'Job 1 goes on without you: see it with "odoo-backup jobs 1", cancel it with "odoo-backup cancel 1".',
      )
      expect(cli.agent.jobsMade).toMatchObject([{ state: 'active' }])
    })

    test('tell programs so in a line of JSON', async () => {
      cli.serviceLives = true
      const { stdout, stderr } = await interrupt('--json')
      expect(JSON.parse(stderr)).toEqual({ warning: expect.stringContaining('odoo-backup cancel 1') })
      expect(JSON.parse(stdout)).toMatchObject({ state: 'active' })
    })
  })

  test('with --no-wait the job is left to the running agent', async () => {
    cli.agent.outcome = { state: 'waiting' }
    const { stdout } = await cli.run('backup', 'shop', '--no-wait')
    expect(stdout).toContain('Job 1 was added')
    expect(cli.opened[0]?.worker).toBe('never')
  })

  test('a job is followed to its end with a worker at hand, unless it has ended', async () => {
    cli.agent.outcome = { state: 'waiting' }
    const id = await cli.agent.startBackup({ database: 'shop' })
    const workers = async (...args: string[]) => {
      cli.opened.length = 0
      await cli.run(...args)
      return cli.opened.map(({ worker }) => worker)
    }
    expect(await workers('jobs', id)).toEqual(['never', 'if-none-lives'])
    await cli.agent.cancel(id)
    expect(await workers('jobs', id)).toEqual(['never', 'never'])
    expect(await workers('jobs', id, '--log')).toEqual(['never'])
  })

  test('a job is tried again before anybody works it off, and one that has ended is left as it is', async () => {
    cli.agent.outcome = { state: 'delayed', triesAgainAt: '2031-01-31T04:02:00.000Z' }
    const id = await cli.agent.startBackup({ database: 'shop' })
    await cli.agent.tryAgain(id)
    expect(cli.agent.jobsMade).toMatchObject([{ state: 'active' }])
    await cli.agent.cancel(id)
    cli.opened.length = 0
    const refused = await cli.run('retry', id)
    expect(refused.stderr).toContain('has ended already')
    expect(cli.opened.map(({ worker }) => worker)).toEqual(['never'])
  })
})

test('what a job says of itself is shown after it ended, and with --json as data', async () => {
  const id = await cli.agent.startBackup({ database: 'shop' })
  expect((await cli.run('jobs', id, '--log')).stdout).toMatch(/ UTC {2}The job begins\.\n$/)
  const { stdout } = await cli.run('--json', 'jobs', id, '--log')
  expect(JSON.parse(stdout)).toMatchObject({ lines: [{ text: 'The job begins.' }], full: false })
  expect((await cli.run('jobs', 'none', '--log')).status).not.toBe(0)
})
