import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { formatArchiveName, formatInfoName, writeInfo } from '@odoo-backup/backup-format'
import { DatabaseName, NewDatabaseName, type RestoreRequest } from '@odoo-backup/protocol'
import type { Agent } from '../../apps/agent/src/operations.ts'
import { type AgentInstance, agentInstance, ended } from '../fixtures/agent-instance.ts'
import { encryptedByFormerModule, FILES, odoo12Zip } from '../fixtures/odoo12-backup.ts'

const PASSWORD = 'the password of 2019'

let instance: AgentInstance
let agent: Agent
let zip: string
beforeEach(async () => {
  instance = await agentInstance()
  agent = (await instance.open()).agent
  zip = await odoo12Zip(instance.folder)
})
afterEach(() => instance.close())

/** Restores, without any change to what is restored unless `more` asks for it. */
async function restored(
  source: RestoreRequest['source'],
  more: Partial<RestoreRequest> = {},
  secrets: { readonly encryptionPassword?: string } = {},
): Promise<NewDatabaseName> {
  const database = NewDatabaseName.parse(instance.odoo.name('_from_12'))
  const id = await agent.startRestore({ source, database, copy: false, neutralise: false, ...more }, secrets)
  expect(await ended(agent, id)).toMatchObject({ state: 'completed' })
  return database
}

const rows = (database: string, sql: string) => instance.odoo.rows(database, sql)

/** An old pair in the account's folder. */
async function stored(archive: string, encrypted: boolean): Promise<string> {
  const name = { database: 'production', takenAt: new Date('2019-11-04T10:56:58Z') }
  const content = await readFile(archive)
  const backup = formatArchiveName({ ...name, format: 'zip', encrypted })
  await instance.storage.put(instance.prefix + backup, content)
  const info = writeInfo({ ...name, encrypted, sizeBytes: content.length, storageService: 'odoo_backup_sh' })
  // Sections of its own the former module did not write.
  const common = info.slice(0, info.search(/\n\[(?!common)/) + 1)
  await instance.storage.put(instance.prefix + formatInfoName(name), Buffer.from(common))
  return backup
}

async function expectWhole(database: string): Promise<void> {
  expect(await rows(database, 'SELECT id, name, store_fname FROM ir_attachment ORDER BY id')).toEqual([
    ...FILES.map(({ path }, index) => ({ id: index + 1, name: `file ${index + 1}`, store_fname: path })),
    { id: 3, name: 'none \\ of its own', store_fname: null },
  ])
  expect(await rows(database, 'SELECT last_value FROM ir_attachment_id_seq')).toEqual([{ last_value: '43' }])
  expect(await rows(database, "SELECT pg_get_serial_sequence('res_users', 'id') AS owned")).toEqual([
    { owned: 'public.res_users_id_seq' },
  ])
  const { files } = await instance.fingerprint(database)
  expect(
    Object.keys(files)
      .filter(path => !path.startsWith('checklist/'))
      .sort(),
  ).toEqual(FILES.map(({ path }) => path).sort())
  for (const { path, content } of FILES)
    expect(await readFile(`${instance.odoo.filestore(database)}/${path}`, 'utf8')).toBe(content)
  // Two databases must not write the same backups.
  expect(await rows(database, 'SELECT active FROM odoo_backup_sh_config')).toEqual([{ active: false }])
  expect(await rows(database, 'SELECT active FROM ir_cron ORDER BY id')).toMatchObject([
    {},
    {},
    { active: false },
  ])
}

test('a backup made by Odoo 12 is restored from a file, backed up, restored again and drilled, without a difference', async () => {
  const first = await restored({ kind: 'file', path: zip })
  await expectWhole(first)
  const made = await ended(agent, await agent.startBackup({ database: DatabaseName.parse(first) }))
  expect(made).toMatchObject({ state: 'completed', warnings: [] })
  const backup = made.backup ?? ''
  const second = await restored({ kind: 'stored', backup })
  expect(await instance.fingerprint(second)).toEqual(await instance.fingerprint(first))
  expect(await ended(agent, await agent.startVerify(backup))).toMatchObject({ state: 'completed' })
})

test('as a neutralised copy it sends no mail, runs no job but the clean-up, and has a uuid of its own', async () => {
  const copy = await restored({ kind: 'file', path: zip }, { copy: true, neutralise: true })
  expect(await rows(copy, 'SELECT cron_name FROM ir_cron WHERE active')).toEqual([
    { cron_name: 'Autovacuum' },
  ])
  expect(await rows(copy, 'SELECT smtp_host FROM ir_mail_server WHERE active')).toEqual([
    { smtp_host: 'invalid' },
  ])
  const kept = "SELECT value FROM ir_config_parameter WHERE key = 'database.uuid'"
  expect(await rows(copy, kept)).not.toEqual([{ value: '5d4f4cbe-0001-11ea-8c1b-0242ac110002' }])
})

test('an archive that the former module encrypted is restored from the bucket and from a file, and drilled', async () => {
  const encrypted = await encryptedByFormerModule(zip, PASSWORD)
  expect((await readFile(encrypted, 'utf8')).startsWith('-----BEGIN PGP MESSAGE-----')).toBe(true)
  const backup = await stored(encrypted, true)
  expect((await agent.backups()).map(({ name }) => name)).toEqual([backup])
  const secrets = { encryptionPassword: PASSWORD }
  await expectWhole(await restored({ kind: 'stored', backup }, {}, secrets))
  await expectWhole(await restored({ kind: 'file', path: encrypted }, {}, secrets))
  const drill = await ended(agent, await agent.startVerify(backup, secrets))
  expect(drill.failure).toBeUndefined()
  const wrong = await agent.startRestore(
    {
      source: { kind: 'stored', backup },
      database: NewDatabaseName.parse(instance.odoo.name()),
      copy: false,
      neutralise: false,
    },
    { encryptionPassword: 'another' },
  )
  expect(await ended(agent, wrong)).toMatchObject({
    state: 'failed',
    attempt: 1,
    failure: { code: 'encryption_password_wrong' },
  })
})

test('a plain pair of the former module is restored straight from the bucket', async () => {
  await expectWhole(await restored({ kind: 'stored', backup: await stored(zip, false) }))
})
