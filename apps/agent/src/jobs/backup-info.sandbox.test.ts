import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { formatInfoName, parseBackupName, readInfo } from '@odoo-backup/backup-format'
import { DatabaseName } from '@odoo-backup/protocol'
import { type AgentInstance, agentInstance, ended } from '../../../../test/fixtures/agent-instance.ts'
import type { OpenedAgent } from '../open-agent.ts'

const PASSWORD = 'kept elsewhere too'

let instance: AgentInstance
let opened: OpenedAgent
let database: DatabaseName
let missing: string

/** A database whose sequences stand at odd places, which has tables that inherit, and lacks one file. */
beforeAll(async () => {
  instance = await agentInstance()
  database = DatabaseName.parse(await instance.odoo.createSample({ files: 4 }))
  await instance.odoo.rows(
    database,
    `CREATE SEQUENCE never_called START 7;
     CREATE SEQUENCE far_beyond; SELECT setval('far_beyond', 9007199254740993);
     CREATE TABLE parent (id integer); CREATE TABLE child () INHERITS (parent);
     INSERT INTO parent VALUES (1); INSERT INTO child VALUES (2), (3)`,
  )
  const [row] = await instance.odoo.rows<{ store_fname: string }>(
    database,
    'SELECT store_fname FROM ir_attachment WHERE store_fname IS NOT NULL ORDER BY store_fname LIMIT 1',
  )
  missing = row?.store_fname ?? ''
  await rm(join(instance.odoo.filestore(database), missing))
  opened = await instance.open()
})
afterAll(() => instance.close())

const bytesOf = async (key: string) =>
  Buffer.concat(await (await instance.storage.get(instance.prefix + key)).toArray())

/** Asked of the database itself, table by table. */
async function counted(): Promise<Record<string, string>> {
  const tables = await instance.odoo.rows<{ name: string; quoted: string }>(
    database,
    "SELECT tablename AS name, format('%I', tablename) AS quoted FROM pg_tables WHERE schemaname = 'public'",
  )
  const found: Record<string, string> = {}
  for (const { name, quoted } of tables) {
    const [row] = await instance.odoo.rows<{ count: string }>(
      database,
      `SELECT count(*)::text FROM ONLY ${quoted}`,
    )
    found[`public.${name}`] = row?.count ?? ''
  }
  return found
}

async function sequences(): Promise<Record<string, string>> {
  const names = await instance.odoo.rows<{ name: string; quoted: string }>(
    database,
    "SELECT sequencename AS name, format('%I', sequencename) AS quoted FROM pg_sequences",
  )
  const found: Record<string, string> = {}
  for (const { name, quoted } of names) {
    const [row] = await instance.odoo.rows<{ value: string }>(
      database,
      `SELECT last_value::text AS value FROM ${quoted}`,
    )
    found[`public.${name}`] = row?.value ?? ''
  }
  return found
}

async function filesOnDisk(): Promise<{ count: number; bytes: number }> {
  const folder = instance.odoo.filestore(database)
  const sizes: number[] = []
  for (const name of await readdir(folder, { recursive: true })) {
    const found = await stat(join(folder, name))
    if (found.isFile()) sizes.push(found.size)
  }
  return { count: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) }
}

test.each([
  ['zip', false],
  ['zip', true],
  ['dump', false],
  ['dump', true],
] as const)(
  '.info of a %s (encrypted: %s) tells what is in it, how it was made and by whom',
  async (format, encrypted) => {
    const { agent, store } = opened
    await agent.changeDatabaseSettings(database, {
      ...{ format, encrypted },
      ...{ encryptionPassword: PASSWORD, passwordKeptElsewhere: true },
    })
    const { backup = '', state } = await ended(agent, await agent.startBackup({ database }))
    expect(state).toBe('completed')
    const name = parseBackupName(backup)
    if (name === undefined) throw new Error(`${backup} is no name of a backup.`)
    const archive = await bytesOf(backup)
    const text = await bytesOf(formatInfoName(name))
    const { facts, ...common } = readInfo(text)
    const section = (of: string) => Object.fromEntries(facts.get(of) ?? [])

    expect(String(text)).toMatch(
      new RegExp(
        `^\\[common\\]\ndatabase = ${database}\nencrypted = ${encrypted ? 'True' : 'False'}\nupload_datetime = [-_0-9]{19}\nbackup_size = ${archive.length / 1048576}\nstorage_service = \\w+\n`,
      ),
    )
    expect(common).toMatchObject({ database, encrypted, sizeBytes: archive.length, takenAt: name.takenAt })
    expect(section('instance')).toMatchObject({
      id: store.current.instanceId,
      agent_version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    })
    expect(section('backup')).toMatchObject({ format, snapshot_at: expect.stringMatching(/^\d{4}-.*Z$/) })
    expect(Number(section('backup').duration_seconds)).toBeGreaterThan(0)
    const pgDump = execFileSync('pg_dump', ['--version'], { encoding: 'utf8' })
    const [server] = await instance.odoo.rows(database, 'SHOW server_version_num')
    expect(pgDump).toContain(section('tools').pg_dump ?? 'nothing')
    expect(server).toEqual({ server_version_num: section('tools').server_version })
    expect(section('odoo')).toMatchObject({
      version: '16.0',
      database_uuid: expect.stringMatching(/^[-0-9a-f]{36}$/),
    })
    expect(section('rows')).toEqual(await counted())
    expect(section('sequences')).toEqual(await sequences())
    expect(section('sequences')).toMatchObject({
      'public.far_beyond': '9007199254740993',
      'public.never_called': '7',
    })
    expect(section('checksums').sha256).toBe(createHash('sha256').update(archive).digest('hex'))
    expect(section('modules')).toHaveProperty('base', expect.stringContaining('16.0'))

    const { count, bytes } = format === 'zip' ? await filesOnDisk() : { count: 0, bytes: 0 }
    expect(section('sizes')).toMatchObject({ files: String(count), files_bytes: String(bytes) })
    expect(section('missing_files')).toEqual(
      format === 'zip' ? { count: '1', file_1: missing } : { count: '0' },
    )
    if (encrypted) return
    const path = join(instance.folder, 'archive')
    await writeFile(path, archive)
    const dump =
      format === 'dump' ? archive : execFileSync('unzip', ['-p', path, 'dump.sql'], { maxBuffer: 1024 ** 3 })
    expect(section('sizes').dump_bytes).toBe(String(dump.length))
  },
)
