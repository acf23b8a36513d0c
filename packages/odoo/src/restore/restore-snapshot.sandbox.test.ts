import { existsSync } from 'node:fs'
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import type { OdooManifest, Progress } from '@odoo-backup/protocol'
import { sandboxEnvironment } from '../../../../infra/sandbox/environment.ts'
import { openSnapshot } from '../snapshot/open-snapshot.ts'
import type { RestorableSnapshot, SnapshotOptions } from '../snapshot/snapshot.ts'
import { databaseFingerprint, filesFingerprint } from '../testing/fingerprint.ts'
import { TestInstance } from '../testing/instance.ts'
import { readOdooZip } from '../testing/odoo-zip.ts'
import type { RestoreOptions, RestoreResult } from './options.ts'
import { restoreSnapshot as restoreSnapshotNow } from './restore-snapshot.ts'

let instance: TestInstance
let sample: string
beforeAll(async () => {
  instance = await TestInstance.open(sandboxEnvironment())
  sample = await instance.createSample()
})
afterAll(() => instance.close())

/** The names that restores of this file made for themselves. */
const temporary = new Set<string>()

const restoreSnapshot: typeof restoreSnapshotNow = (cluster, snapshot, options, now) =>
  restoreSnapshotNow(
    cluster,
    snapshot,
    {
      ...options,
      journal: async entry => {
        if (entry.temporaryDatabase) temporary.add(instance.owns(entry.temporaryDatabase))
        await options.journal?.(entry)
      },
    },
    now,
  )

/** After every test: no hidden database of a restore is left, and no folder. */
afterEach(async () => {
  for (const name of temporary) expect(await instance.cluster.databaseExists(name)).toBe(false)
  const root = join(instance.dataDir, 'filestore')
  expect((await readdir(root)).filter(name => name.startsWith('.'))).toEqual([])
})

const fingerprint = async (database: string) => ({
  database: await instance.cluster.withClient(database, databaseFingerprint),
  files: await filesFingerprint(instance.filestore(database)),
})

/** Backs a database up, `sample` by default, and restores it at once. */
async function copySample(
  options: Partial<RestoreOptions> & { database: string },
  snapshotOptions: SnapshotOptions = {},
  { from = sample, now = new Date() } = {},
): Promise<RestoreResult> {
  const snapshot = await openSnapshot(instance.cluster, from, snapshotOptions)
  try {
    return await restoreSnapshot(
      instance.cluster,
      { ...view(snapshot), ...(snapshotOptions.format ? { dumpFormat: snapshotOptions.format } : {}) },
      { copy: false, neutralise: false, ...options },
      now,
    )
  } finally {
    await snapshot.close()
  }
}

const view = (snapshot: RestorableSnapshot): RestorableSnapshot => ({
  ...(snapshot.manifest ? { manifest: snapshot.manifest } : {}),
  dump: () => snapshot.dump(),
  files: () => snapshot.files(),
})

/** A snapshot made of a text and some files. */
function madeUp(sql: string, files: Readonly<Record<string, string>> = {}): RestorableSnapshot {
  return {
    dump: () => Readable.from([Buffer.from(sql)], { objectMode: false }),
    async *files() {
      for (const [path, content] of Object.entries(files))
        yield {
          path,
          sizeBytes: Buffer.byteLength(content),
          open: () => Readable.from([Buffer.from(content)], { objectMode: false }),
        }
    },
  }
}

const COMPLETE = '\n--\n-- PostgreSQL database dump complete\n--\n'
const MODULES = 'CREATE TABLE public.ir_module_module (id integer, name text, state text);\n'

test('a database and its files come back as they were', async () => {
  const database = instance.name()
  const seen: Progress['phase'][] = []
  const result = await copySample({ database, onProgress: ({ phase }) => seen.push(phase) })
  expect(await fingerprint(database)).toEqual(await fingerprint(sample))
  expect(result.rowCounts.get('public.odd "name" Ж')).toBe(510)
  expect([...new Set(seen)]).toEqual(['load', 'files', 'publish', 'done'])
  expect(await instance.listedByOdoo()).toContain(database)
})

test("Odoo's dump format goes through the same gate", async () => {
  const database = instance.name()
  await copySample({ database }, { format: 'custom' })
  const [restored, original] = [await fingerprint(database), await fingerprint(sample)]
  expect(restored.database).toEqual(original.database)
  expect(restored.files).toEqual({})
})

test('an archive that is cut, or that fails behind its last byte, is not restored', async () => {
  const taken = await openSnapshot(instance.cluster, sample, { format: 'custom' })
  const archive = await buffer(taken.dump())
  await taken.close()
  const restoring = (dump: () => Readable) =>
    restoreSnapshot(
      instance.cluster,
      { dumpFormat: 'custom', dump, async *files() {} },
      { database: instance.name(), copy: false, neutralise: false },
    )
  for (const length of [0, 3, 1000, Math.floor(archive.length / 2)])
    await expect(
      restoring(() => Readable.from([archive.subarray(0, length)], { objectMode: false })),
    ).rejects.toMatchObject({ name: 'OdooError' })
  const unsound = () =>
    Readable.from(
      (async function* () {
        yield archive
        throw new Error('the password was wrong after all')
      })(),
      { objectMode: false },
    )
  await expect(restoring(unsound)).rejects.toThrow('the password was wrong after all')
})

const fixture = resolve(import.meta.dirname, '../../../../../shared/fixtures/mini16-by-odoo.zip')
const origin = existsSync(fixture) ? 'that Odoo 16 made' : 'of a generated database'

test(`a backup ${origin} is restored, backed up and restored again without a difference`, async () => {
  // The project does not carry the fixture: where it is not, the generated sample takes its place.
  const live = await openSnapshot(instance.cluster, sample)
  const snapshot = existsSync(fixture) ? await readOdooZip(fixture) : live
  const [first, second] = [instance.name(), instance.name()]
  await restoreSnapshot(instance.cluster, snapshot, { database: first, copy: false, neutralise: false })
  const again = await openSnapshot(instance.cluster, first)
  try {
    await restoreSnapshot(instance.cluster, again, { database: second, copy: false, neutralise: false })
    expect({ ...again.manifest, db_name: '' }).toEqual({ ...snapshot.manifest, db_name: '' })
  } finally {
    await again.close()
    await live.close()
  }
  expect(await fingerprint(second)).toEqual(await fingerprint(first))
  expect(Object.keys((await fingerprint(first)).files).length).toBeGreaterThan(10)
})

test('a copy gets its own secret, uuid and address, and the original keeps its own', async () => {
  const database = instance.name()
  await copySample({ database, copy: true })
  const parameters = async (name: string) =>
    Object.fromEntries(
      (
        await instance.rows<{ key: string; value: string }>(
          name,
          'SELECT key, value FROM ir_config_parameter',
        )
      ).map(({ key, value }) => [key, value]),
    )
  const [copied, original] = [await parameters(database), await parameters(sample)]
  expect(copied['web.base.url']).toBe('http://localhost:8069')
  expect(copied['database.uuid']).toMatch(/^[0-9a-f-]{36}$/)
  expect(copied['database.uuid']).not.toBe(original['database.uuid'])
  expect(copied['database.secret']).not.toBe(original['database.secret'])
  expect(copied['base.login_cooldown_after']).toBe('10')
  expect(original['database.secret']).toBe('original secret')
})

test('Odoo sees nothing of a restore before it is whole', async () => {
  const database = instance.name()
  const lists: string[][] = []
  const look = async () => void lists.push(await instance.listedByOdoo())
  const before = await instance.listedByOdoo()
  const snapshot = await openSnapshot(instance.cluster, sample)
  try {
    await restoreSnapshot(
      instance.cluster,
      {
        dump: () => snapshot.dump(),
        async *files() {
          await look()
          yield* snapshot.files()
          await look()
        },
      },
      {
        database,
        copy: true,
        neutralise: true,
        journal: async ({ step }) => {
          if (step !== 'published') await look()
        },
      },
    )
  } finally {
    await snapshot.close()
  }
  expect(lists).toHaveLength(4)
  for (const list of lists) expect(list).toEqual(before)
  expect(await instance.listedByOdoo()).toContain(database)
})

test('other roles may connect to a restored database as to any other, and to none that is being restored', async () => {
  const admitsOthers = (name: string) =>
    instance.rows<{ may: boolean }>(
      'postgres',
      "SELECT has_database_privilege('public', $1, 'CONNECT') AS may",
      [name],
    )
  const rights = async (name: string) =>
    instance.rows(
      'postgres',
      `SELECT grantee, privilege_type, is_grantable
       FROM pg_database, aclexplode(COALESCE(datacl, acldefault('d', datdba))) WHERE datname = $1 ORDER BY 1, 2`,
      [name],
    )
  const database = instance.name()
  let hidden = ''
  const whileLoading: unknown[] = []
  const snapshot = await openSnapshot(instance.cluster, sample)
  try {
    await restoreSnapshot(
      instance.cluster,
      {
        dump: () => snapshot.dump(),
        async *files() {
          whileLoading.push(...(await admitsOthers(hidden)))
          yield* snapshot.files()
        },
      },
      {
        database,
        copy: false,
        neutralise: false,
        journal: async ({ temporaryDatabase = '' }) => {
          hidden = temporaryDatabase
        },
      },
    )
  } finally {
    await snapshot.close()
  }
  expect(whileLoading).toEqual([{ may: false }])
  expect(await admitsOthers(database)).toEqual([{ may: true }])
  expect(await rights(database)).toEqual(await rights(sample))
})

test('a name that is taken is refused before anything is done', async () => {
  await expect(copySample({ database: sample })).rejects.toMatchObject({ code: 'database_exists' })
  const database = instance.name()
  await mkdir(instance.filestore(database), { recursive: true })
  await writeFile(join(instance.filestore(database), 'kept'), 'kept')
  await expect(copySample({ database })).rejects.toMatchObject({
    code: 'filestore_exists',
    message: `Filestore for database "${database}" already exists. Please choose another database name`,
  })
  for (const name of ['postgres', 'template1', 'a', '../x', 'sp ace', 'x'.repeat(64)])
    await expect(copySample({ database: name })).rejects.toMatchObject({ code: 'database_name_invalid' })
})

test('replacing keeps the old pair under a dated name that Odoo does not see', async () => {
  const database = await instance.createSample({ rows: 3 })
  const old = await fingerprint(database)
  const visitor = await instance.cluster.connect(database)
  const result = await copySample({ database, replace: true })
  instance.owns(`${result.replacedDatabase}`)
  expect(await fingerprint(database)).toEqual(await fingerprint(sample))
  expect(result.replacedDatabase).toMatch(new RegExp(`^${database}_replaced_\\d{8}_\\d{6}$`))
  expect(await filesFingerprint(`${result.replacedFilestore}`)).toEqual(old.files)
  expect(await instance.listedByOdoo()).not.toContain(result.replacedDatabase)
  await expect(visitor.query('SELECT 1')).rejects.toThrow()
  await instance.rows('postgres', `ALTER DATABASE "${result.replacedDatabase}" ALLOW_CONNECTIONS true`)
  expect(await instance.cluster.withClient(`${result.replacedDatabase}`, databaseFingerprint)).toEqual(
    old.database,
  )
})

test('what was replaced in the same second keeps its name', async () => {
  const database = await instance.createSample({ rows: 3 })
  const now = new Date('2026-01-31T04:00:59Z')
  const names: unknown[] = []
  for (let turn = 1; turn <= 2; turn++) {
    const { replacedDatabase } = await copySample({ database, replace: true }, {}, { now })
    instance.owns(`${replacedDatabase}`)
    names.push(replacedDatabase)
  }
  expect(names).toEqual([`${database}_replaced_20260131_040059`, `${database}_replaced_20260131_040100`])
})

test('while a database is replaced, Odoo sees it or nothing, and never one that the agent made', async () => {
  const database = await instance.createSample({ rows: 3 })
  const seen = new Set<string>()
  let done = false
  const watching = (async () => {
    while (!done) for (const name of await instance.listedByOdoo()) seen.add(name)
  })()
  const before = await instance.listedByOdoo()
  const result = await copySample({
    database,
    replace: true,
    journal: async ({ replacedDatabase }) => {
      if (replacedDatabase) instance.owns(replacedDatabase)
    },
  }).finally(() => {
    done = true
  })
  await watching
  expect([...seen].sort()).toEqual([...before].sort())
  expect(seen.has(`${result.replacedDatabase}`)).toBe(false)
})

test('files alone can be replaced, also those of a database with an odd name', async () => {
  const database = await instance.createSample({
    name: instance.owns(`Ödd "name" ${instance.name()}`),
    files: 3,
  })
  const old = await fingerprint(database)
  await expect(copySample({ database, parts: 'filestore' })).rejects.toMatchObject({
    code: 'filestore_exists',
  })
  const result = await copySample({ database, parts: 'filestore', replace: true })
  const now = await fingerprint(database)
  expect(now.database).toEqual(old.database)
  expect(now.files).toEqual((await fingerprint(sample)).files)
  expect(await filesFingerprint(`${result.replacedFilestore}`)).toEqual(old.files)
  expect(result.replacedDatabase).toBeUndefined()
})

test('when replacing fails at the last moment, the old pair is back in its place', async () => {
  const database = await instance.createSample({ rows: 3 })
  const old = await fingerprint(database)
  let taken = ''
  const failing = copySample({
    database,
    replace: true,
    journal: async entry => {
      // Somebody takes the name under which the old database is to be kept.
      if (entry.step === 'publishing') taken = await instance.createEmpty(entry.replacedDatabase)
    },
  })
  await expect(failing).rejects.toMatchObject({ code: 'database_exists' })
  expect(taken).not.toBe('')
  expect(await fingerprint(database)).toEqual(old)
  expect(await instance.listedByOdoo()).toContain(database)
})

test('only the database, or only the files, can be restored', async () => {
  const database = instance.name()
  await copySample({ database, parts: 'filestore' })
  expect(await instance.cluster.databaseExists(database)).toBe(false)
  const original = await fingerprint(sample)
  expect(await filesFingerprint(instance.filestore(database))).toEqual(original.files)
  await copySample({ database, parts: 'database' })
  expect(await fingerprint(database)).toEqual(original)
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
  const database = instance.name()
  const restoring = restoreSnapshot(instance.cluster, madeUp(sql), {
    database,
    copy: false,
    neutralise: false,
  })
  await expect(restoring).rejects.toMatchObject({ name: 'OdooError', code })
  expect(await instance.cluster.databaseExists(database)).toBe(false)
  expect(existsSync(instance.filestore(database))).toBe(false)
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
    const database = instance.name()
    const sql = `CREATE EXTENSION IF NOT EXISTS ${extension} WITH SCHEMA public;${COMPLETE}`
    const restoring = restoreSnapshot(instance.cluster, madeUp(sql), {
      database,
      copy: false,
      neutralise: false,
      allowFunctions: true,
    })
    await expect(restoring).rejects.toMatchObject({
      code: 'extension_refused',
      message: expect.stringMatching(advice),
    })
    expect(await instance.cluster.databaseExists(database)).toBe(false)
  },
)

test.each([
  [
    'neutralised',
    'ALTER TABLE ir_mail_server ADD CHECK (active)',
    { copy: false, neutralise: true },
    /^Neutralising \("outgoing mail servers switched off"\) failed, .*PostgreSQL says: new row/,
  ],
  [
    'made a copy',
    "ALTER TABLE ir_config_parameter ADD CHECK (key <> 'base.login_cooldown_after')",
    { copy: true, neutralise: false },
    /^The restored database could not be made one of its own, .*PostgreSQL says: new row/,
  ],
] as const)(
  'a database that cannot be %s whole is not published, and the error says why',
  async (_what, obstacle, options, message) => {
    const [from, database] = [await instance.createSample({ files: 1 }), instance.name()]
    await instance.rows(from, obstacle)
    await expect(copySample({ database, ...options }, {}, { from })).rejects.toMatchObject({
      code: 'load_failed',
      message: expect.stringMatching(message),
    })
    expect(await instance.cluster.databaseExists(database)).toBe(false)
    expect(existsSync(instance.filestore(database))).toBe(false)
  },
)

test.each([
  { copy: true, neutralise: false },
  { copy: false, neutralise: true },
])('what is no Odoo database can be restored as it is, and not with %j', async options => {
  const database = instance.name()
  const snapshot = madeUp(`CREATE TABLE public.t (a integer);${COMPLETE}`)
  await expect(restoreSnapshot(instance.cluster, snapshot, { database, ...options })).rejects.toMatchObject({
    code: 'not_an_odoo_database',
  })
  expect(await instance.cluster.databaseExists(database)).toBe(false)
  await restoreSnapshot(instance.cluster, snapshot, { database, copy: false, neutralise: false })
  expect(await instance.rows(database, 'SELECT * FROM public.t')).toEqual([])
})

test('a backup that does not say its version gets the extensions of the newest Odoo', async () => {
  const database = instance.name()
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
  await restoreSnapshot(instance.cluster, snapshot, { database, copy: false, neutralise: false })
  expect(await instance.rows(database, "SELECT FROM pg_extension WHERE extname = 'pg_trgm'")).toHaveLength(1)
})

test('functions pass on the administrator’s word', async () => {
  const database = instance.name()
  const sql = `${MODULES}CREATE FUNCTION public.f() RETURNS integer LANGUAGE sql AS $_$SELECT 1; $_$;${COMPLETE}`
  await restoreSnapshot(instance.cluster, madeUp(sql), {
    database,
    copy: false,
    neutralise: false,
    allowFunctions: true,
  })
  expect(await instance.rows(database, 'SELECT f()')).toEqual([{ f: 1 }])
})

test('triggers that are let in do not keep a copy from getting its own uuid', async () => {
  const original = await instance.createSample()
  await instance.rows(
    original,
    `CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN OLD; END $$;
     CREATE TRIGGER keep BEFORE UPDATE ON ir_config_parameter FOR EACH ROW EXECUTE FUNCTION keep();`,
  )
  const uuidOf = (database: string) =>
    instance.rows(database, "SELECT value FROM ir_config_parameter WHERE key = 'database.uuid'")
  const copy = instance.name()
  await copySample({ database: copy, copy: true, allowFunctions: true }, {}, { from: original })
  expect(await uuidOf(copy)).not.toEqual(await uuidOf(original))
  expect(await instance.rows(copy, "SELECT tgenabled FROM pg_trigger WHERE tgname = 'keep'")).toEqual([
    { tgenabled: 'O' },
  ])
})

test('what healthy dumps say of roles, owners and newer settings is left out with a warning', async () => {
  const database = instance.name()
  const sql =
    '\\restrict abc123\nSET transaction_timeout = 0;\nSET fancy_new_setting = 1;\nCREATE SCHEMA public;\n' +
    `${MODULES}ALTER TABLE public.ir_module_module OWNER TO nobody_here;\nGRANT ALL ON TABLE public.ir_module_module TO x;\n` +
    `COMMENT ON EXTENSION pg_trgm IS 'x';\nREVOKE ALL ON SCHEMA public FROM PUBLIC;${COMPLETE}\\unrestrict abc123\n`
  const { warnings } = await restoreSnapshot(instance.cluster, madeUp(sql), {
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
  const database = instance.name()
  const restoring = restoreSnapshot(instance.cluster, madeUp(MODULES + COMPLETE, files), {
    database,
    copy: false,
    neutralise: false,
  })
  await expect(restoring).rejects.toMatchObject({ code: 'file_corrupt' })
  expect(await instance.cluster.databaseExists(database)).toBe(false)
  expect(existsSync(instance.filestore(database))).toBe(false)
})

test.each(['plain', 'custom'] as const)(
  'tables that lay in a tablespace which this server lacks come to where it puts new ones (%s)',
  async format => {
    const source = await instance.createSample()
    const space = instance.name('_space')
    const superuser = await instance.superuser(source)
    try {
      await superuser.query('SET allow_in_place_tablespaces = on')
      await superuser.query(`CREATE TABLESPACE "${space}" LOCATION ''`)
      await superuser.query(`ALTER TABLE ir_attachment SET TABLESPACE "${space}"`)
      await superuser.query(`ALTER INDEX res_users_pkey SET TABLESPACE "${space}"`)
      const snapshot = await openSnapshot(instance.cluster, source, { format })
      const dump = await buffer(snapshot.dump())
      await snapshot.close()
      await superuser.query('ALTER TABLE ir_attachment SET TABLESPACE pg_default')
      await superuser.query('ALTER INDEX res_users_pkey SET TABLESPACE pg_default')
      await superuser.query(`DROP TABLESPACE "${space}"`)
      const database = instance.name()
      const { warnings } = await restoreSnapshot(
        instance.cluster,
        { ...madeUp(''), dump: () => Readable.from([dump], { objectMode: false }), dumpFormat: format },
        { copy: false, neutralise: false, database },
      )
      expect(warnings).toContainEqual({
        code: 'setting_left_out',
        setting: 'default_tablespace',
        reason: 'tables_as_new',
      })
      expect((await fingerprint(database)).database).toEqual((await fingerprint(source)).database)
    } finally {
      await superuser.end()
    }
  },
)

test('a restore that is cancelled leaves nothing', async () => {
  const database = instance.name()
  const stop = new AbortController()
  const endless: RestorableSnapshot = {
    dump: () =>
      Readable.from(
        (async function* () {
          yield Buffer.from('CREATE TABLE public.t (a text);\nCOPY public.t (a) FROM stdin;\n')
          for (let line = 0; ; line++) {
            yield Buffer.from(`${'row '.repeat(1000)}\n`)
            if (line === 100) stop.abort()
          }
        })(),
        { objectMode: false },
      ),
    async *files() {},
  }
  await expect(
    restoreSnapshot(instance.cluster, endless, {
      database,
      copy: false,
      neutralise: false,
      signal: stop.signal,
    }),
  ).rejects.toMatchObject({ code: 'cancelled' })
  expect(await instance.cluster.databaseExists(database)).toBe(false)
})

test('a session that the server ends in the middle of loading fails the restore, worth another try', async () => {
  const database = instance.name()
  const superuser = await instance.superuser()
  const cut: RestorableSnapshot = {
    dump: () =>
      Readable.from(
        (async function* () {
          yield Buffer.from('CREATE TABLE public.t (a text);\nCOPY public.t (a) FROM stdin;\n')
          for (let line = 0; ; line++) {
            yield Buffer.from(`${'row '.repeat(1000)}\n`)
            if (line === 500)
              await superuser.query(
                `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                 WHERE datname = ANY($1) AND pid <> pg_backend_pid() AND query LIKE 'COPY%'`,
                [[...temporary]],
              )
          }
        })(),
        { objectMode: false },
      ),
    async *files() {},
  }
  try {
    await expect(
      restoreSnapshot(instance.cluster, cut, { database, copy: false, neutralise: false }),
    ).rejects.toMatchObject({ code: 'postgres_unreachable', retryable: true })
  } finally {
    await superuser.end()
  }
  expect(await instance.cluster.databaseExists(database)).toBe(false)
})

test('a disk too small for the files is told before any work', async () => {
  await expect(
    copySample({ database: instance.name(), expected: { fileBytes: Number.MAX_SAFE_INTEGER } }),
  ).rejects.toMatchObject({ code: 'disk_full' })
})

test('files get the rights of the folder that holds all filestores', async () => {
  const database = instance.name()
  await copySample({ database })
  const root = await stat(join(instance.dataDir, 'filestore'))
  const [file] = Object.keys((await fingerprint(database)).files)
  expect((await stat(instance.filestore(database))).mode & 0o777).toBe(root.mode & 0o777)
  expect((await stat(join(instance.filestore(database), `${file}`))).mode & 0o777).toBe(root.mode & 0o666)
})
