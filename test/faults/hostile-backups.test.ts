import { createWriteStream } from 'node:fs'
import { readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { encrypt, writeOdooZip } from '@odoo-backup/backup-format'
import { type JobView, NewDatabaseName, type OdooManifest } from '@odoo-backup/protocol'
import type { Agent } from '../../apps/agent/src/operations.ts'
import { type AgentInstance, agentInstance, ended } from '../fixtures/agent-instance.ts'

let instance: AgentInstance
let agent: Agent
let bystander: string
beforeAll(async () => {
  instance = await agentInstance()
  agent = (await instance.open()).agent
  bystander = await instance.odoo.createSample()
})
afterAll(() => instance.close())

const manifest: OdooManifest = {
  odoo_dump: '1',
  db_name: 'hostile',
  version: '16.0',
  version_info: [16, 0, 0, 'final', 0, ''],
  major_version: '16.0',
  pg_version: '15.0',
  modules: { base: '16.0.1.3' },
}
const END = '\n--\n-- PostgreSQL database dump complete\n--\n\n'

/** An Odoo zip around a dump of one's own making. */
async function zipAround(dump: string): Promise<string> {
  const path = join(instance.folder, `${Math.random().toString(36).slice(2)}.zip`)
  const body = writeOdooZip({
    manifest,
    dump: () => Readable.from([Buffer.from(`SET client_encoding = 'UTF8';\n${dump}`)], { objectMode: false }),
    files: async function* () {},
  })
  await pipeline(body, createWriteStream(path))
  return path
}

/** Tries to restore a file, and checks that nothing of it stayed. */
async function refused(path: string, encryptionPassword?: string): Promise<JobView> {
  const name = NewDatabaseName.parse(instance.odoo.name('_hostile'))
  const id = await agent.startRestore(
    { source: { kind: 'file', path }, database: name, copy: true, neutralise: false },
    encryptionPassword === undefined ? {} : { encryptionPassword },
  )
  const view = await ended(agent, id)
  expect(view.state).toBe('failed')
  expect(await instance.odoo.cluster.databaseExists(name)).toBe(false)
  expect(await readdir(join(instance.odoo.dataDir, 'filestore'))).toEqual([bystander])
  expect(await instance.odoo.cluster.databaseExists(bystander)).toBe(true)
  return view
}

describe('a dump is refused that', () => {
  test.each([
    ['runs a program', '\\! touch /tmp/odoo-backup-was-here\n'],
    ['copies from a program', "\\copy t from program 'id'\n"],
    ['connects elsewhere', '\\connect postgres\n'],
    ['leaves its transaction to drop a database', 'COMMIT; DROP DATABASE "postgres";\n'],
    ['brings code', "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';\n"],
    ['runs code', 'DO $$ BEGIN PERFORM 1; END $$;\n'],
    ['reads a file of the server', "COPY t FROM '/etc/passwd';\n"],
  ])('%s', async (_what, statement) => {
    const view = await refused(await zipAround(statement + END))
    expect(view.failure?.code).toBe('dump_refused')
  })

  test('is cut off', async () => {
    const view = await refused(await zipAround('CREATE TABLE t (a integer);\nCOPY t (a) FROM stdin;\n1\n2\n'))
    expect(['backup_damaged', 'dump_refused']).toContain(view.failure?.code)
  })
})

describe('a file is refused that', () => {
  test('ends in the middle', async () => {
    const path = await zipAround(`CREATE TABLE t (a integer);\n${END}`)
    await truncate(path, 200)
    expect((await refused(path)).failure?.code).toBe('backup_damaged')
  })

  test('has one wrong byte', async () => {
    const path = await zipAround(
      `CREATE TABLE t (a integer);\n${'-- padding that compresses\n'.repeat(500)}${END}`,
    )
    const bytes = await readFile(path)
    bytes[60] = (bytes[60] ?? 0) ^ 0x10
    await writeFile(path, bytes)
    expect((await refused(path)).failure?.code).toBe('backup_damaged')
  })

  test('was encrypted with another password', async () => {
    const path = `${await zipAround(`CREATE TABLE t (a integer);\n${END}`)}`
    const encrypted = encrypt(Readable.from([await readFile(path)]), { password: 'right' })
    await pipeline(encrypted, createWriteStream(`${path}.enc`))
    expect((await refused(`${path}.enc`, 'wrong')).failure?.code).toBe('encryption_password_wrong')
    await expect(
      agent.startRestore({
        source: { kind: 'file', path: `${path}.enc` },
        database: NewDatabaseName.parse('without_password'),
        copy: true,
        neutralise: false,
      }),
    ).rejects.toMatchObject({ code: 'encryption_password_required' })
  })

  test('is no backup at all', async () => {
    const path = join(instance.folder, 'letter.zip')
    await writeFile(path, 'Dear administrator,')
    await expect(
      agent.startRestore({
        source: { kind: 'file', path },
        database: NewDatabaseName.parse('from_a_letter'),
        copy: true,
        neutralise: false,
      }),
    ).rejects.toMatchObject({ code: 'backup_damaged' })
  })
})
