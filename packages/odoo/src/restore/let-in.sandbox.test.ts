import { existsSync } from 'node:fs'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import type { OdooManifest } from '@odoo-backup/protocol'
import { sandboxEnvironment } from '../../../../infra/sandbox/environment.ts'
import { openSnapshot } from '../snapshot/open-snapshot.ts'
import { COMPLETE, MODULES, madeUp, openRestoring, type Restoring } from '../testing/restoring.ts'

let restoring: Restoring
beforeAll(async () => {
  restoring = await openRestoring(sandboxEnvironment())
})
afterAll(() => restoring.close())
afterEach(async () => expect(await restoring.leftovers()).toEqual([]))

test('an archive that is cut, or that fails behind its last byte, is not restored', async () => {
  const taken = await openSnapshot(restoring.instance.cluster, restoring.sample, { format: 'custom' })
  const archive = await buffer(taken.dump())
  await taken.close()
  const restored = (dump: () => Readable) =>
    restoring.restoreSnapshot(
      restoring.instance.cluster,
      { dumpFormat: 'custom', dump, async *files() {} },
      { database: restoring.instance.name(), copy: false, neutralise: false },
    )
  for (const length of [0, 3, 1000, Math.floor(archive.length / 2)])
    await expect(
      restored(() => Readable.from([archive.subarray(0, length)], { objectMode: false })),
    ).rejects.toMatchObject({ name: 'OdooError' })
  const unsound = () =>
    Readable.from(
      (async function* () {
        yield archive
        throw new Error('the password was wrong after all')
      })(),
      { objectMode: false },
    )
  await expect(restored(unsound)).rejects.toThrow('the password was wrong after all')
})

test.each<[string, string, string]>([
  [
    'is cut inside rows',
    'CREATE TABLE public.t (a text);\nCOPY public.t (a) FROM stdin;\nx\n',
    'dump_incomplete',
  ],
  ['is cut between statements', 'CREATE TABLE public.t (a text);\n', 'dump_incomplete'],
  ['ends a transaction', `COMMIT;\nDROP DATABASE postgres;${COMPLETE}`, 'dump_refused'],
  ['runs a shell', `\\! touch /tmp/odoo-backup-test-owned\n${COMPLETE}`, 'dump_refused'],
  ['copies from a program', `\\copy t from program 'id'\n${COMPLETE}`, 'dump_refused'],
  [
    'hides a command behind a carriage return',
    `-- harmless\rDROP DATABASE postgres;${COMPLETE}`,
    'dump_refused',
  ],
  [
    'calls a function in a CHECK',
    `CREATE TABLE public.t (a int CHECK (pg_sleep(9) IS NOT NULL));${COMPLETE}`,
    'dump_refused',
  ],
  [
    'calls a function in setval',
    `SELECT pg_catalog.setval('a', (SELECT 1), true);${COMPLETE}`,
    'dump_refused',
  ],
  [
    'makes a function',
    `CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1';${COMPLETE}`,
    'dump_refused',
  ],
  ['runs a block', `DO $$ BEGIN END $$;${COMPLETE}`, 'dump_refused'],
  ['goes on after its end', `${COMPLETE}CREATE TABLE public.t (a int);\n`, 'dump_refused'],
  ['is wrong SQL', `CREATE TABLE public.t (a nonsense_type);${COMPLETE}`, 'load_failed'],
  [
    'has a row too short',
    `CREATE TABLE public.t (a int, b int);\nCOPY public.t (a, b) FROM stdin;\n1\n\\.\n${COMPLETE}`,
    'load_failed',
  ],
  [
    'needs an extension beyond those of Odoo',
    `CREATE EXTENSION IF NOT EXISTS file_fdw WITH SCHEMA public;${COMPLETE}`,
    'dump_refused',
  ],
])('a dump that %s is refused and leaves nothing', async (_what, sql, code) => {
  const database = restoring.instance.name()
  const attempt = restoring.restoreSnapshot(restoring.instance.cluster, madeUp(sql), {
    database,
    copy: false,
    neutralise: false,
  })
  await expect(attempt).rejects.toMatchObject({ name: 'OdooError', code })
  expect(await restoring.instance.cluster.databaseExists(database)).toBe(false)
  expect(existsSync(restoring.instance.filestore(database))).toBe(false)
})

test.each([
  ['lacks', 'no_such_extension', /no_such_extension\. It is not installed on the PostgreSQL server/],
  [
    'gives to superusers only',
    'file_fdw',
    /As PostgreSQL's superuser run: psql -d template1 -c 'CREATE EXTENSION "file_fdw"'/,
  ],
])(
  'an extension that the server %s ends the restore, and the error says what to do',
  async (_what, extension, advice) => {
    const database = restoring.instance.name()
    const sql = `CREATE EXTENSION IF NOT EXISTS ${extension} WITH SCHEMA public;${COMPLETE}`
    const attempt = restoring.restoreSnapshot(restoring.instance.cluster, madeUp(sql), {
      database,
      copy: false,
      neutralise: false,
      allowFunctions: true,
    })
    await expect(attempt).rejects.toMatchObject({
      code: 'extension_refused',
      message: expect.stringMatching(advice),
    })
    expect(await restoring.instance.cluster.databaseExists(database)).toBe(false)
  },
)

test.each([
  { copy: true, neutralise: false },
  { copy: false, neutralise: true },
])('what is no Odoo database can be restored as it is, and not with %j', async options => {
  const database = restoring.instance.name()
  const snapshot = madeUp(`CREATE TABLE public.t (a integer);${COMPLETE}`)
  await expect(
    restoring.restoreSnapshot(restoring.instance.cluster, snapshot, { database, ...options }),
  ).rejects.toMatchObject({
    code: 'not_an_odoo_database',
  })
  expect(await restoring.instance.cluster.databaseExists(database)).toBe(false)
  await restoring.restoreSnapshot(restoring.instance.cluster, snapshot, {
    database,
    copy: false,
    neutralise: false,
  })
  expect(await restoring.instance.rows(database, 'SELECT * FROM public.t')).toEqual([])
})

test('a backup that does not say its version gets the extensions of the newest Odoo', async () => {
  const database = restoring.instance.name()
  const manifest: OdooManifest = {
    odoo_dump: '1',
    db_name: '',
    version: '',
    version_info: [0, 0, 0, 'final', 0, ''],
    major_version: '',
    pg_version: '',
    modules: {},
  }
  const snapshot = { ...madeUp(`CREATE TABLE public.t (a integer);${COMPLETE}`), manifest }
  await restoring.restoreSnapshot(restoring.instance.cluster, snapshot, {
    database,
    copy: false,
    neutralise: false,
  })
  expect(
    await restoring.instance.rows(database, "SELECT FROM pg_extension WHERE extname = 'pg_trgm'"),
  ).toHaveLength(1)
})

test('functions pass on the administrator’s word', async () => {
  const database = restoring.instance.name()
  const sql = `${MODULES}CREATE FUNCTION public.f() RETURNS integer LANGUAGE sql AS $_$SELECT 1; $_$;${COMPLETE}`
  await restoring.restoreSnapshot(restoring.instance.cluster, madeUp(sql), {
    database,
    copy: false,
    neutralise: false,
    allowFunctions: true,
  })
  expect(await restoring.instance.rows(database, 'SELECT f()')).toEqual([{ f: 1 }])
})

test('triggers that are let in do not keep a copy from getting its own uuid', async () => {
  const original = await restoring.instance.createSample()
  await restoring.instance.rows(
    original,
    `CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN OLD; END $$;
     CREATE TRIGGER keep BEFORE UPDATE ON ir_config_parameter FOR EACH ROW EXECUTE FUNCTION keep();`,
  )
  const uuidOf = (database: string) =>
    restoring.instance.rows(database, "SELECT value FROM ir_config_parameter WHERE key = 'database.uuid'")
  const copy = restoring.instance.name()
  await restoring.copySample({ database: copy, copy: true, allowFunctions: true }, {}, { from: original })
  expect(await uuidOf(copy)).not.toEqual(await uuidOf(original))
  expect(
    await restoring.instance.rows(copy, "SELECT tgenabled FROM pg_trigger WHERE tgname = 'keep'"),
  ).toEqual([{ tgenabled: 'O' }])
})

test('what healthy dumps say of roles, owners and newer settings is left out with a warning', async () => {
  const database = restoring.instance.name()
  const sql =
    '\\restrict abc123\nSET transaction_timeout = 0;\nSET fancy_new_setting = 1;\nCREATE SCHEMA public;\n' +
    `${MODULES}ALTER TABLE public.ir_module_module OWNER TO nobody_here;\nGRANT ALL ON TABLE public.ir_module_module TO x;\n` +
    `COMMENT ON EXTENSION pg_trgm IS 'x';\nREVOKE ALL ON SCHEMA public FROM PUBLIC;${COMPLETE}\\unrestrict abc123\n`
  const { warnings } = await restoring.restoreSnapshot(restoring.instance.cluster, madeUp(sql), {
    database,
    copy: false,
    neutralise: false,
  })
  expect(warnings).toEqual([
    { code: 'setting_left_out', setting: 'transaction_timeout', reason: 'unknown' },
    { code: 'setting_left_out', setting: 'fancy_new_setting', reason: 'unwritten' },
    { code: 'schema_left_out' },
    { code: 'owners_left_out' },
    { code: 'rights_left_out', statements: 'GRANT, REVOKE' },
  ])
})

test.each<[string, Readonly<Record<string, string>>]>([
  ['a content that does not match its name', { [`aa/${'a'.repeat(40)}`]: 'x' }],
  ['a path that leads out', { '../out': 'x' }],
  ['an absolute path', { '/etc/odoo-backup-test': 'x' }],
])('a file with %s fails the restore and leaves nothing', async (_what, files) => {
  const database = restoring.instance.name()
  const attempt = restoring.restoreSnapshot(restoring.instance.cluster, madeUp(MODULES + COMPLETE, files), {
    database,
    copy: false,
    neutralise: false,
  })
  await expect(attempt).rejects.toMatchObject({ code: 'file_corrupt' })
  expect(await restoring.instance.cluster.databaseExists(database)).toBe(false)
  expect(existsSync(restoring.instance.filestore(database))).toBe(false)
})
