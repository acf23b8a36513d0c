import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import {
  AgentSettings,
  AgentSettingsChange,
  DatabaseSettings,
  DatabaseSettingsChange,
  DestinationChange,
  NoticesChange,
  StorageChange,
  StorageView,
} from '@odoo-backup/protocol'
import { type CommandLineFixture, commandLine } from '../../../../test/fixtures/agent-command-line.ts'
import { SECRET_SETTINGS } from './secrets.ts'

const SECRET = 'hunter2'
let folder: string
let fixture: CommandLineFixture
let changes: unknown[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'odoo-backup-secrets-'))
  fixture = commandLine()
  fixture.agent.know('shop')
  changes = []
  const [settings, [ofShop]] = [await fixture.agent.settings(), await fixture.agent.databaseSettings()]
  if (ofShop === undefined) throw new Error('the database is not known')
  fixture.agent.changeSettings = async (change: AgentSettingsChange) => {
    changes.push(change)
    return settings
  }
  fixture.agent.changeDatabaseSettings = async (_database: string, change: DatabaseSettingsChange) => {
    changes.push(change)
    return ofShop
  }
})
afterEach(() => rm(folder, { recursive: true }))

const isUrl = (key: string) => key === 'pingUrl' || key === 'notices.webhook'
const exampleOf = (key: string) => (isUrl(key) ? `https://hooks.example/${SECRET}` : SECRET)
const ofDatabase = (key: string) => !key.startsWith('storage.') && !key.startsWith('notices.')
const set = (key: string, assignment: string) =>
  fixture.run(
    ...[
      'settings',
      'set',
      assignment,
      ...(ofDatabase(key) ? ['-d', 'shop', '--password-kept-elsewhere'] : []),
    ],
    ...(key.startsWith('destination.') ? ['destination.kind=own'] : []),
  )

describe.each(SECRET_SETTINGS)('the secret %s', key => {
  test('is refused as an argument, and is in no answer', async () => {
    const { status, stdout, stderr } = await set(key, `${key}=${exampleOf(key)}`)
    expect(status).toBe(64)
    expect(stderr).toContain(`${key}=@FILE`)
    expect(stdout + stderr).not.toContain(SECRET)
    expect(changes).toEqual([])
  })

  test('comes from a file, from standard input, or from the terminal without echo', async () => {
    const file = join(folder, 'secret')
    await writeFile(file, `${exampleOf(key)}\n`)
    fixture.input = `${exampleOf(key)}\n`
    expect(await set(key, `${key}=@${file}`)).toMatchObject({ status: 0 })
    expect(await set(key, `${key}=-`)).toMatchObject({ status: 0 })
    expect((await set(key, key)).status).toBe(64)
    fixture.answers = [exampleOf(key)]
    expect(await set(key, key)).toMatchObject({ status: 0 })
    expect(fixture.questions).toEqual([{ question: `${key}: `, hidden: true }])
    expect(changes).toHaveLength(3)
    for (const change of changes) expect(JSON.stringify(change)).toContain(exampleOf(key))
  })

  test('is not removed by a file that is empty', async () => {
    const file = join(folder, 'empty')
    await writeFile(file, '\n')
    expect((await set(key, `${key}=@${file}`)).status).toBe(64)
    expect((await set(key, `${key}=@${file}-missing`)).status).toBe(64)
    expect(changes).toEqual([])
  })
})

test('every setting that goes in and never comes out is one of the secrets', () => {
  const hidden = (group: string, change: object, view: object) =>
    Object.keys(change)
      .filter(key => !(key in view))
      .map(key => group + key)
  const found = [
    ...hidden('', AgentSettingsChange.shape, AgentSettings.shape),
    ...hidden('', DatabaseSettingsChange.shape, DatabaseSettings.shape),
    ...hidden('destination.', DestinationChange.shape, StorageView.shape),
    ...hidden('storage.', StorageChange.shape, StorageView.shape),
    ...hidden('notices.', NoticesChange.shape, AgentSettings.shape.notices.shape),
  ]
  expect(SECRET_SETTINGS).toEqual(
    expect.arrayContaining(found.filter(key => key !== 'passwordKeptElsewhere')),
  )
})

describe('the encryption password of the environment', () => {
  beforeEach(() => {
    fixture.environment = { ODOO_BACKUP_ENCRYPTION_PASSWORD: SECRET }
  })

  test('changes no setting but that which it was given for', async () => {
    await fixture.run('settings', 'set', '-d', 'shop', 'retention.daily=7')
    await fixture.run('settings', 'set', '-d', 'shop', 'encrypted=true', '--password-kept-elsewhere')
    expect(changes).toEqual([
      { retention: { daily: 7 } },
      { encrypted: true, encryptionPassword: SECRET, passwordKeptElsewhere: true },
    ])
  })

  test('is none when it is empty', async () => {
    fixture.environment = { ODOO_BACKUP_ENCRYPTION_PASSWORD: '' }
    await fixture.run('settings', 'set', '-d', 'shop', 'encrypted=true')
    expect(changes).toEqual([{ encrypted: true }])
  })
})

test('only one secret comes from standard input', async () => {
  fixture.input = SECRET
  const args = ['notices.smtpPassword=-', 'storage.secretAccessKey=-']
  expect((await fixture.run('settings', 'set', ...args)).status).toBe(64)
  expect(changes).toEqual([])
})
