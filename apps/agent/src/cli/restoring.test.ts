import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import {
  BACKUP,
  type CommandLineFixture,
  useCommandLine,
} from '../../../../test/fixtures/agent-command-line.ts'
import { AgentError } from '../errors.ts'

let cli: CommandLineFixture & { readonly folder: string }
useCommandLine(made => {
  cli = made
})

describe('restore', () => {
  test('leaves to the agent what nobody chose: a copy beside its original, else moved', async () => {
    await cli.run('restore', BACKUP, '--as', 'shop2')
    expect(cli.agent.restores).toEqual([
      { request: { source: { kind: 'stored', backup: BACKUP }, database: 'shop2' } },
    ])
  })

  test('tells what neutralising did, and what it could not know of', async () => {
    cli.agent.outcome = {
      state: 'completed',
      neutralised: {
        modules: ['mail'],
        statements: [
          { what: 'outgoing mail servers switched off', rows: 2 },
          { what: 'webhooks emptied', rows: 0 },
        ],
        notCovered: ['acme_bank'],
      },
    }
    const { stdout } = await cli.run('restore', BACKUP, '--as', 'shop2')
    expect(stdout).toMatch(/Neutralised: outgoing mail servers switched off \(2\)\.\n/)
    expect(stdout).toMatch(/There was nothing of this to be done: webhooks emptied\.\n/)
    expect(stdout).toMatch(/these modules was run, too: mail/)
    expect(stdout).toMatch(/Not covered.*acme_bank/)
  })

  test('restores a stored backup as a copy', async () => {
    await cli.run('restore', BACKUP, '--as', 'shop2', '--copy', '--neutralise')
    expect(cli.agent.restores).toEqual([
      {
        request: {
          source: { kind: 'stored', backup: BACKUP },
          database: 'shop2',
          copy: true,
          neutralise: true,
        },
      },
    ])
  })

  test('restores a file, whose path it makes absolute, as moved', async () => {
    await cli.run('restore', '--file', 'x.zip', '--as', 'shop2', '--moved')
    expect(cli.agent.restores[0]?.request).toMatchObject({
      source: { kind: 'file', path: join(process.cwd(), 'x.zip') },
      copy: false,
    })
  })

  test.each([
    [['restore', '--as', 'shop2']],
    [['restore', BACKUP, '--file', 'x.zip', '--as', 'shop2']],
    [['restore', BACKUP]],
    [['restore', BACKUP, '--as', '../x']],
    [['restore', BACKUP, '--as', 'shop2', '--moved', '--copy']],
    [['restore', BACKUP, '--as', 'shop2', '--only', 'half']],
  ])('%j is wrong usage: 64, and nothing is begun', async args => {
    expect((await cli.run(...args)).status).toBe(64)
    expect(cli.agent.restores).toEqual([])
  })

  test('is checked first where that is asked for, which begins nothing', async () => {
    const { status, stdout } = await cli.run('restore', BACKUP, '--check', '--as', 'shop2')
    expect(status).toBe(0)
    expect(stdout).toMatch(
      /^The database shop2 would be made: a copy .*, neutralised\.\nIts original may be live\.\n/,
    )
    expect(stdout).toContain('ok       name: It is free.')
    expect((await cli.run('restore', BACKUP, '--check')).stdout).toContain('The database restored would')
    const taken = await cli.run('restore', BACKUP, '--check', '--as', 'shop')
    expect(taken).toMatchObject({ status: 1, stdout: expect.stringContaining('FAULT    name: It is taken.') })
    const encrypted = `${BACKUP}.enc`
    expect((await cli.run('restore', encrypted, '--check')).status).toBe(1)
    cli.answers = [cli.agent.encryptionPassword]
    expect((await cli.run('restore', encrypted, '--check')).status).toBe(0)
    expect(cli.questions).toEqual([{ question: 'Encryption password: ', hidden: true }])
    expect(cli.agent.restores).toEqual([])
  })

  test('an existing database is refused with 73', async () => {
    const { status, stderr } = await cli.run('restore', BACKUP, '--as', 'shop')
    expect(status).toBe(73)
    expect(stderr).toContain('There is a database shop already.')
  })

  test('replacing asks first, and without a terminal only --yes goes on', async () => {
    expect((await cli.run('restore', BACKUP, '--as', 'other', '--replace')).status).toBe(64)
    cli.answers = ['n']
    expect((await cli.run('restore', BACKUP, '--as', 'other', '--replace')).status).toBe(75)
    expect(cli.agent.restores).toEqual([])
    cli.answers = undefined
    expect((await cli.run('restore', BACKUP, '--as', 'other', '--replace', '--yes')).status).toBe(0)
    expect(cli.agent.restores[0]?.request.replace).toBe(true)
  })

  test('replacing says beforehand that backups will rest, where they will', async () => {
    const asked = async (...more: string[]) =>
      (await cli.run('restore', BACKUP, '--as', 'other', '--replace', ...more)).stderr
    expect(await asked()).toMatch(/its backups rest until .*--keep-schedules lets them go on.*Go on\?/)
    expect(await asked('--only', 'database')).toContain('its backups rest')
    for (const more of [['--keep-schedules'], ['--only', 'filestore']]) {
      const words = await asked(...more)
      expect(words).toContain('will be moved aside and replaced. Go on?')
    }
    expect(cli.agent.restores).toEqual([])
  })

  test('the encryption password comes from a file or the environment, or is asked for without echo when needed', async () => {
    const file = join(cli.folder, 'password')
    await writeFile(file, 'from file\n')
    await cli.run('restore', BACKUP, '--as', 'a1', '--encryption-password-file', file)
    cli.environment = { ODOO_BACKUP_ENCRYPTION_PASSWORD: 'from environment' }
    await cli.run('restore', BACKUP, '--as', 'a2')
    cli.environment = {}
    const start = cli.agent.startRestore.bind(cli.agent)
    cli.agent.startRestore = async (request, secrets) => {
      if (secrets?.encryptionPassword === undefined)
        throw new AgentError('encryption_password_required', 'This backup is encrypted.')
      return start(request, secrets)
    }
    cli.answers = ['typed']
    await cli.run('restore', BACKUP, '--as', 'a3')
    expect(cli.agent.restores.map(restore => restore.encryptionPassword)).toEqual([
      'from file',
      'from environment',
      'typed',
    ])
    expect(cli.questions).toEqual([{ question: 'Encryption password: ', hidden: true }])
    cli.answers = undefined
    expect((await cli.run('restore', BACKUP, '--as', 'a4')).status).toBe(78)
  })

  test('no command has an option for a password itself', async () => {
    for (const command of ['restore', 'download', 'verify', 'settings set']) {
      const { stdout } = await cli.run(...command.split(' '), '--help')
      expect(stdout).not.toMatch(/--(?:encryption-|master-)?password(?!-file|-kept)/)
    }
  })
})
