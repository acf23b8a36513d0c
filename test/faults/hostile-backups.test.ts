import { execFile } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { encrypt } from '@odoo-backup/backup-format'
import { NewDatabaseName } from '@odoo-backup/protocol'
import { type HostileTarget, hostileTarget } from './hostile-target.ts'
import { COMPLETE, changeDirectory, GOOD_DUMP, zipAround } from './hostile-zip.ts'

let target: HostileTarget
beforeAll(async () => {
  target = await hostileTarget()
})
afterAll(() => target.close())

/** Restores a dump that begins as any does and then turns hostile, and has rows to run into what it made. */
const refusedDump = async (hostile: string, end = COMPLETE) =>
  target.refused(
    await zipAround(
      target.instance.folder,
      `SET client_encoding = 'UTF8';\nCREATE TABLE public.before (a integer);\n${hostile}${end}`,
    ),
  )

describe('a dump is refused that', () => {
  test.each<[string, (target: HostileTarget) => string]>([
    ['runs a program', ({ trace }) => `\\! touch ${trace}\n`],
    [
      'runs a program on the line of a statement',
      ({ trace }) => `CREATE TABLE public.t (a integer); \\! touch ${trace}\n`,
    ],
    ['copies from a program', ({ trace }) => `\\copy public.before from program 'touch ${trace}'\n`],
    [
      'lets the server copy from a program',
      ({ trace }) => `COPY public.before FROM PROGRAM 'touch ${trace}';\n`,
    ],
    ['connects elsewhere', () => '\\connect postgres\n'],
    [
      'leaves its transaction to drop a database',
      ({ bystander }) => `COMMIT; DROP DATABASE "${bystander}";\n`,
    ],
    [
      'hides that behind a vertical tab',
      ({ bystander }) =>
        `COMMENT ON TABLE public.before IS E'a'\v\r'\\' ' ; DROP DATABASE "${bystander}"; --'\n;\n`,
    ],
    [
      'hides a program behind a variable of psql',
      ({ trace }) => `COMMENT ON TABLE public.before IS :E'\\'\\! touch ${trace}\n';\n`,
    ],
    ['brings code', () => "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1';\n"],
    ['runs code', () => 'DO $$ BEGIN PERFORM 1; END $$;\n'],
    ['reads a file of the server', () => "COPY public.before FROM '/etc/passwd';\n"],
    [
      'calls a function in a CHECK',
      () =>
        'CREATE TABLE public.t (a integer CHECK (pg_terminate_backend(a)));\nCOPY public.t (a) FROM stdin;\n1\n\\.\n',
    ],
    [
      'calls a function by an escaped name',
      () =>
        'CREATE TABLE public.t (b text, a text DEFAULT U&"\\0070g_read_file"(\'/etc/hostname\'));\nCOPY public.t (b) FROM stdin;\n1\n\\.\n',
    ],
    ['makes a role', () => 'COPY pg_catalog.pg_authid (rolname, rolsuper) FROM stdin;\nx\tt\n\\.\n'],
    [
      'brings an extension that is a program',
      () => 'CREATE EXTENSION IF NOT EXISTS dblink WITH SCHEMA public;\n',
    ],
    ['goes on after its end', () => `${COMPLETE}CREATE TABLE public.t (a integer);\n`],
  ])('%s', async (_what, hostile) => {
    expect((await refusedDump(hostile(target))).failure?.code).toBe('dump_refused')
  })

  test.each([
    ['inside of rows', 'COPY public.before (a) FROM stdin;\n1\n2\n'],
    ['inside of a statement', 'CREATE TABLE public.t (a'],
    ['before its closing line', 'COPY public.before (a) FROM stdin;\n1\n\\.\n'],
  ])('is cut off %s', async (_where, rest) => {
    expect((await refusedDump(rest, '')).failure?.code).toBe('backup_damaged')
  })

  test('is cut off in the custom format', async () => {
    const { cluster } = target.instance.odoo
    const path = join(target.instance.folder, 'cut.dump')
    const { stdout } = await promisify(execFile)((await cluster.tool('pg_dump')).path, ['--format=custom'], {
      env: await cluster.toolEnvironment(target.bystander),
      encoding: 'buffer',
      maxBuffer: 100_000_000,
    })
    await writeFile(path, stdout.subarray(0, stdout.length / 2))
    expect((await target.refused(path)).failure?.code).toBe('backup_damaged')
  })
})

describe('a zip is refused that', () => {
  test.each([
    ['climbs out of its folder', 'z.writestr(info("filestore/../../../somebody-was-here"), "x")'],
    ['has an absolute name', 'z.writestr(info(sys.argv[1] + "-was-here"), "x")'],
    ['has a backslash in a name', 'z.writestr(info("filestore\\\\..\\\\x"), "x")'],
    ['has a link to a file', 'z.writestr(info("filestore/aa/x", 0o120777), "/etc/passwd")'],
    [
      'has a link to a folder and a file below it',
      'z.writestr(info("filestore/aa", 0o120777), "/tmp"); z.writestr(info("filestore/aa/x"), "x")',
    ],
    ['has two files of one name', 'z.writestr("filestore/aa/x", "1"); z.writestr("filestore/aa/x", "2")'],
    ['has two dumps', 'z.writestr("dump.sql", "DROP TABLE t;")'],
    ['holds something else', 'z.writestr("setup.py", "import os")'],
  ])('%s', async (_what, script) => {
    const view = await target.refused(await zipAround(target.instance.folder, GOOD_DUMP, script))
    expect(view.failure?.code).toBe('dump_refused')
  })

  test('has a file whose content is not what its name says', async () => {
    const script = `z.writestr(info("filestore/aa/${'a'.repeat(40)}"), "x")`
    const view = await target.refused(await zipAround(target.instance.folder, GOOD_DUMP, script))
    expect(view.failure?.code).toBe('backup_damaged')
  })

  test('is a bomb: more comes out of it than it says', async () => {
    const path = await zipAround(
      target.instance.folder,
      GOOD_DUMP,
      'z.writestr(info("filestore/aa/bomb"), bytes(50_000_000))',
    )
    await changeDirectory(path, 'filestore/aa/bomb', (bytes, record) =>
      bytes.writeUInt32LE(1000, record + 24),
    )
    expect((await target.refused(path)).failure?.code).toBe('backup_damaged')
  })

  test('is a bomb: it says more than can be in it', async () => {
    const path = await zipAround(
      target.instance.folder,
      GOOD_DUMP,
      'z.writestr(info("filestore/aa/bomb"), "x")',
    )
    await changeDirectory(path, 'filestore/aa/bomb', (bytes, record) =>
      bytes.writeUInt32LE(3_000_000_000, record + 24),
    )
    expect((await target.refused(path)).failure?.code).toBe('dump_refused')
  })

  test('is a bomb: two of its files are the same bytes', async () => {
    const path = await zipAround(
      target.instance.folder,
      GOOD_DUMP,
      'z.writestr(info("filestore/aa/one"), bytes(1_000_000)); z.writestr(info("filestore/aa/two"), bytes(1_000_000))',
    )
    let first = 0
    await changeDirectory(path, 'filestore/aa/one', (bytes, record) => {
      first = bytes.readUInt32LE(record + 42)
    })
    await changeDirectory(path, 'filestore/aa/two', (bytes, record) =>
      bytes.writeUInt32LE(first, record + 42),
    )
    expect((await target.refused(path)).failure?.code).toBe('dump_refused')
  })

  test('ends in the middle', async () => {
    const path = await zipAround(target.instance.folder, GOOD_DUMP)
    await truncate(path, 200)
    expect((await target.refused(path)).failure?.code).toBe('backup_damaged')
  })

  test.each([
    ['the dump', 'dump.sql'],
    ['a stored file', 'filestore/'],
  ])('has one wrong byte in %s', async (_where, entry) => {
    const path = await zipAround(target.instance.folder, GOOD_DUMP)
    const bytes = await readFile(path)
    // Local headers are 30 bytes and the name; then comes the content.
    const header = bytes.indexOf(Buffer.from(entry)) - 30
    const at = header + 30 + bytes.readUInt16LE(header + 26) + bytes.readUInt16LE(header + 28) + 8
    bytes[at] = (bytes[at] ?? 0) ^ 0x10
    await writeFile(path, bytes)
    expect((await target.refused(path)).failure?.code).toBe('backup_damaged')
  })
})

describe('a file is refused that', () => {
  test('was encrypted with another password', async () => {
    const path = await zipAround(target.instance.folder, GOOD_DUMP)
    const encrypted = encrypt(Readable.from([await readFile(path)]), { password: 'right' })
    await pipeline(encrypted, createWriteStream(`${path}.enc`))
    expect((await target.refused(`${path}.enc`, 'wrong')).failure?.code).toBe('encryption_password_wrong')
    await expect(starting(`${path}.enc`)).rejects.toMatchObject({ code: 'encryption_password_required' })
  })

  test('was encrypted and then cut off', async () => {
    const path = await zipAround(target.instance.folder, GOOD_DUMP)
    const encrypted = encrypt(Readable.from([await readFile(path)]), { password: 'right' })
    await pipeline(encrypted, createWriteStream(`${path}.enc`))
    await truncate(`${path}.enc`, 400)
    expect((await target.refused(`${path}.enc`, 'right')).failure?.code).toBe('backup_damaged')
  })

  test('is no backup at all', async () => {
    const path = join(target.instance.folder, 'letter.zip')
    await writeFile(path, 'Dear administrator,')
    await expect(starting(path)).rejects.toMatchObject({ code: 'backup_damaged' })
  })
})

const starting = async (path: string) => {
  const { agent } = await target.instance.open({ worker: 'never' })
  return agent.startRestore({
    source: { kind: 'file', path },
    database: NewDatabaseName.parse('from_a_letter'),
    copy: false,
    neutralise: false,
  })
}
