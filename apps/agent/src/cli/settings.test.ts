import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { type CommandLineFixture, useCommandLine } from '../../../../test/fixtures/agent-command-line.ts'

let cli: CommandLineFixture & { readonly folder: string }
useCommandLine(made => {
  cli = made
})

test('limits are whole numbers, and mean what they say', async () => {
  for (let index = 0; index < 30; index += 1) await cli.agent.startBackup({ database: 'shop' })
  const lines = async (...args: string[]) => JSON.parse((await cli.run(...args, '--json')).stdout).length
  expect(await lines('jobs')).toBe(20)
  expect(await lines('jobs', '--limit', '25')).toBe(25)
  expect(await lines('list', '--limit', '1')).toBe(1)
  for (const limit of ['0', '-1', 'x', '1.5'])
    expect((await cli.run('jobs', '--limit', limit)).status).toBe(64)
  expect((await cli.run('cancel', '')).status).toBe(66)
})

test('a token is shown once and only its hash is kept', async () => {
  const { stdout } = await cli.run('token', 'add', 'nightly', '--role', 'operate')
  const token = stdout.trim()
  expect(token).toMatch(/^obt_[A-Za-z0-9_-]{43}$/)
  expect(JSON.stringify(cli.agent.storedTokens)).not.toContain(token)
  const listed = await cli.run('token', 'list', '--json')
  expect(JSON.parse(listed.stdout)).toEqual([
    { name: 'nightly', role: 'operate', createdAt: '2026-02-01T00:00:00.000Z' },
  ])
  expect((await cli.run('token', 'add', 'nightly')).status).toBe(64)
  expect((await cli.run('token', 'add', 'x', '--role', 'emperor')).status).toBe(64)
})

test('what only a database has is asked for with its name', async () => {
  for (const assignment of ['retention.daily=7', 'schedule=every 6 hours', 'retention.dayly=7'])
    expect(await cli.run('settings', 'set', assignment)).toMatchObject({
      status: 64,
      stderr: expect.stringMatching(
        /^odoo-backup: "(retention|schedule)" is a setting of a database\. .* -d DATABASE/,
      ),
    })
  // Before anybody is asked for it: there is no terminal here.
  expect(await cli.run('settings', 'set', 'encryptionPassword')).toMatchObject({
    status: 64,
    stderr: expect.stringContaining('"encryptionPassword" is a setting of a database.'),
  })
  expect((await cli.run('settings', 'set', 'notices.mailTo=me@example.com')).status).toBe(0)
  expect((await cli.run('settings', 'set', '-d', 'shop', 'retention.daily=7')).status).toBe(0)
})

test('a database is named alike for showing its settings and for changing them', async () => {
  const shown = await cli.run('settings', 'show', 'shop')
  expect(shown).toMatchObject({ status: 0, stdout: expect.stringContaining('database=shop\n') })
  expect(await cli.run('settings', 'show', '-d', 'shop')).toEqual(shown)
  expect((await cli.run('settings', 'set', '--help')).stdout).toContain('  destination.secretAccessKey\n')
})

test('the configuration file is named by option, else by environment', async () => {
  cli.environment = { ODOO_BACKUP_CONFIG: '/from/environment' }
  await cli.run('databases')
  const named = join(cli.folder, 'agent.conf')
  expect((await cli.run('databases', '--config', named)).status).toBe(78)
  await writeFile(named, '')
  await cli.run('databases', '--config', named)
  expect(cli.opened.map(options => options.configurationFile)).toEqual(['/from/environment', named])
})
