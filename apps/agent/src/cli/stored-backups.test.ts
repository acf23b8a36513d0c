import { readdir, readFile } from 'node:fs/promises'
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

describe('stored backups', () => {
  test('download writes the file under its name when it is whole', async () => {
    const path = join(cli.folder, 'x.zip')
    await cli.run('download', BACKUP, '-o', path)
    expect(await readFile(path, 'utf8')).toBe(`content of ${BACKUP}`)
    expect(await readdir(cli.folder)).toEqual(['x.zip'])
    expect((await cli.run('download', BACKUP, '-o', '-')).stdout).toBe(`content of ${BACKUP}`)
  })

  test('download to a place that cannot be written says why, and leaves nothing', async () => {
    const missing = await cli.run('download', BACKUP, '-o', join(cli.folder, 'none', 'x.zip'))
    expect(missing).toMatchObject({
      status: 73,
      stderr: expect.stringContaining(`no folder ${cli.folder}/none`),
    })
    const taken = await cli.run('download', BACKUP, '-o', cli.folder)
    expect(taken).toMatchObject({ status: 73, stderr: expect.stringContaining(`${cli.folder} is a folder`) })
    expect(await readdir(cli.folder)).toEqual([])
  })

  test('an empty list says whose backups there are none of, and that a choice was made', async () => {
    const said = async (...args: string[]) => (await cli.run('list', ...args)).stdout
    expect(await said('none')).toBe('There are no backups of none.\n')
    expect(await said('shop', '--pinned', '--limit', '3')).toBe('There are no such backups of shop.\n')
    expect(await said('--search', 'nothing')).toBe('There are no such backups.\n')
  })

  test('delete asks first', async () => {
    cli.answers = ['no']
    expect((await cli.run('delete', BACKUP)).status).toBe(75)
    expect(cli.agent.deleted).toEqual([])
    expect(cli.questions[0]?.question).toContain(BACKUP)
    expect((await cli.run('delete', BACKUP, '--yes')).status).toBe(0)
    expect(cli.agent.deleted).toEqual([BACKUP])
  })

  test('delete takes an archive without .info too, and says that it is one', async () => {
    cli.agent.keep('half.zip', 'shop', { lone: true })
    cli.answers = ['y']
    expect((await cli.run('delete', 'half.zip')).status).toBe(0)
    expect(cli.questions[0]?.question).toContain('half.zip (1.5 MB, without .info)')
    expect(cli.agent.deleted).toEqual(['half.zip'])
  })

  test('an unknown backup ends with 66', async () => {
    for (const command of ['show', 'delete', 'verify'])
      expect((await cli.run(command, 'none.zip')).status).toBe(66)
  })

  test('list and show tell people and programs the same', async () => {
    await cli.run('pin', BACKUP)
    expect((await cli.run('list')).stdout).toMatch(
      /shop\.2026-01-31_04-00-00\.zip {2}2026-01-31 04:00:00 UTC {2}1\.5 MB {2}pinned/,
    )
    expect(JSON.parse((await cli.run('list', '--json')).stdout)).toMatchObject([
      { name: BACKUP, pinned: true },
    ])
    expect((await cli.run('show', BACKUP)).stdout).toContain('Database:        shop')
  })
})

test('a list is narrowed and ordered as the API does it, archives without .info in their place', async () => {
  const { agent } = cli
  agent.keep('crm.2026-01-30_04-00-00.zip.enc', 'crm', { takenAt: '2026-01-30T04:00:00Z', encrypted: true })
  agent.keep('crm.2026-01-29_04-00-00.zip', 'crm', { takenAt: '2026-01-29T04:00:00Z', pinned: true })
  agent.keep('half.zip', 'crm', { takenAt: '2026-01-30T12:00:00Z', lone: true })
  const names = async (...args: string[]) =>
    JSON.parse((await cli.run('list', '--json', ...args)).stdout).map((one: { name: string }) => one.name)
  const [first, second, third] = [BACKUP, 'crm.2026-01-30_04-00-00.zip.enc', 'crm.2026-01-29_04-00-00.zip']
  expect(await names()).toEqual([first, second, third])
  expect(await names('--all', '--limit', '2')).toEqual([first, 'half.zip'])
  expect(await names('crm')).toEqual([second, third])
  expect(await names('--encrypted')).toEqual([second])
  expect(await names('--pinned')).toEqual([third])
  expect(await names('--verified')).toEqual([])
  expect(await names('--search', 'SHOP')).toEqual([first])
  expect(await names('--from', '2026-01-30', '--to', '2026-01-30T23:59:59Z')).toEqual([second])
  expect(await names('--sort', 'name', '--order', 'asc')).toEqual([third, second, first])
  expect((await cli.run('list', '--from', 'yesterday')).status).toBe(64)
  expect((await cli.run('list', '--sort', 'colour')).status).toBe(64)
})

test('list, usage and status tell what is known while one place is away, and that it is not all', async () => {
  const error = new AgentError('storage_unreachable', 'It does not answer.')
  cli.agent.unreachable = [
    { place: 'the folder /mnt/nas', at: { kind: 'folder', path: '/mnt/nas' }, error, keeps: () => false },
  ]
  for (const command of ['list', 'usage']) {
    const { status, stdout, stderr } = await cli.run(command, '--json')
    expect(status).toBe(69)
    expect(JSON.parse(stdout).length).toBeGreaterThan(0)
    expect(JSON.parse(stderr).message).toContain('the folder /mnt/nas (It does not answer.)')
  }
  const { status, stdout } = await cli.run('status')
  expect(status).toBe(1)
  expect(stdout).toContain('- the folder /mnt/nas: It does not answer.\n')
  expect(stdout).toContain('shop')
})

test('list warns of backups that lack files and marks those of another server', async () => {
  cli.agent.missingFiles.set(BACKUP, 3)
  cli.agent.keep('crm.2026-01-31_04-00-00.zip', 'crm', { foreign: true })
  const { stdout } = await cli.run('list')
  expect(stdout).toMatch(/shop\S+ .*3 FILES MISSING\n/)
  expect(stdout).toMatch(/crm\S+ .*of another server\n/)
})
