import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, constants, openSync } from 'node:fs'
import { mkdir, open, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { OdooManifest, type SnapshotFile } from '@odoo-backup/protocol'
import { sandboxEnvironment } from '../../../../infra/sandbox/environment.ts'
import { OdooCluster } from '../cluster/cluster.ts'
import { TestInstance } from '../testing/instance.ts'
import { storeFile } from '../testing/sample-database.ts'
import { readSequences } from './count-rows.ts'
import { CustomDumpContents } from './custom-dump-contents.ts'
import { CustomDumpObserver } from './custom-dump-observer.ts'
import { openSnapshot } from './open-snapshot.ts'
import type { LiveSnapshot } from './snapshot.ts'

let instance: TestInstance
beforeAll(async () => {
  instance = await TestInstance.open(sandboxEnvironment())
})
afterAll(() => instance.close())

/** Reads all files as a backup would: those that cannot be read are offered to be skipped. */
async function readFiles(snapshot: LiveSnapshot): Promise<Map<string, string>> {
  const read = new Map<string, string>()
  for await (const file of snapshot.files()) {
    try {
      const content = Buffer.alloc(file.sizeBytes)
      await file.readInto?.(content)
      read.set(file.path, createHash('sha1').update(content).digest('hex'))
    } catch (error) {
      if (!snapshot.skipFile(file, error)) throw error
    }
  }
  return read
}

/** What is noted of an archive that comes in pieces of so many bytes. */
function sequencesIn(archive: Buffer, pieceBytes: number): ReadonlyMap<string, string> {
  const contents = new CustomDumpContents()
  for (let at = 0; at < archive.length; at += pieceBytes) contents.push(archive.subarray(at, at + pieceBytes))
  return contents.sequences
}

async function warningsOf(archive: Buffer): Promise<unknown[]> {
  const observer = new CustomDumpObserver(async () => new Map())
  observer.push(archive)
  await observer.end()
  return [...observer.warnings]
}

test('a snapshot has the dump, the files and the manifest of an Odoo backup', async () => {
  const name = await instance.createSample()
  const snapshot = await openSnapshot(instance.cluster, name)
  try {
    const sql = await buffer(snapshot.dump())
    const files = await readFiles(snapshot)
    const stored = await instance.rows<{ store_fname: string }>(name, 'SELECT store_fname FROM ir_attachment')
    expect([...files.keys()].sort()).toEqual([...new Set(stored.map(row => row.store_fname))].sort())
    for (const [path, sha1] of files) expect(path.slice(3)).toBe(sha1)
    expect(sql.toString()).toMatch(/-- PostgreSQL database dump complete\n/)
    expect(sql.toString()).not.toMatch(/OWNER TO/)
    expect(Object.keys(OdooManifest.parse(snapshot.manifest))).toEqual([
      'odoo_dump',
      'db_name',
      'version',
      'version_info',
      'major_version',
      'pg_version',
      'modules',
    ])
    expect(snapshot.manifest).toMatchObject({
      db_name: name,
      version: '16.0',
      version_info: [16, 0, 0, 'final', 0, ''],
      major_version: '16.0',
      modules: { base: '16.0.1.3', mail: '16.0.1.10', web: '16.0.1.0' },
    })
    const facts = snapshot.facts()
    expect(facts).toMatchObject({
      odooVersion: '16.0',
      databaseUuid: '6ee1a0e4-89c2-11ee-a5a7-0242ac120002',
      dumpBytes: sql.length,
      fileCount: files.size,
      missingFiles: [],
      warnings: [],
    })
    expect(facts.rowCounts.get('public.odd "name" Ж')).toBe(510)
    expect(facts.rowCounts.get('public.res_users')).toBe(2)
    expect(facts.sequences.get('public.res_users_id_seq')).toBe('2')
    expect(snapshot.estimate.fileCount).toBe(files.size)
    expect(snapshot.estimate.fileBytes).toBe(facts.fileBytes)
  } finally {
    await snapshot.close()
  }
})

test('what is written after the snapshot is in neither the dump nor the list of files', async () => {
  const name = await instance.createSample()
  const snapshot = await openSnapshot(instance.cluster, name)
  try {
    await instance.rows(name, "INSERT INTO res_users (login) VALUES ('born too late')")
    const gone = await instance.rows<{ store_fname: string }>(
      name,
      'DELETE FROM ir_attachment WHERE id = (SELECT max(id) FROM ir_attachment) RETURNING store_fname',
    )
    const sql = await buffer(snapshot.dump())
    expect(sql.includes('born too late')).toBe(false)
    expect([...(await readFiles(snapshot)).keys()]).toContain(gone[0]?.store_fname)
  } finally {
    await snapshot.close()
  }
})

test('files that no row names are kept, except the spool, links and pipes', async () => {
  const name = await instance.createSample()
  const filestore = instance.filestore(name)
  await mkdir(join(filestore, 'checklist/aa'), { recursive: true })
  await writeFile(join(filestore, 'checklist/aa/marker'), '')
  const unnamed = createHash('sha1').update('unnamed').digest('hex')
  await mkdir(join(filestore, unnamed.slice(0, 2)), { recursive: true })
  await writeFile(join(filestore, unnamed.slice(0, 2), unnamed), 'unnamed')
  await writeFile(join(filestore, 'beside'), 'a file beside the folders')
  await symlink('/etc/passwd', join(filestore, 'link'))
  const snapshot = await openSnapshot(instance.cluster, name)
  try {
    await buffer(snapshot.dump())
    const paths = [...(await readFiles(snapshot)).keys()]
    expect(paths).toEqual(expect.arrayContaining(['beside', `${unnamed.slice(0, 2)}/${unnamed}`]))
    expect(paths.filter(path => /checklist|link/.test(path))).toEqual([])
    expect(snapshot.facts().warnings).toEqual([
      { code: 'no_regular_file', path: expect.stringMatching(/link/) },
    ])
  } finally {
    await snapshot.close()
  }
})

test('each file is listed once, however odd the folders are named', async () => {
  const name = await instance.createSample()
  const filestore = instance.filestore(name)
  const odd = ['plain', 'ab/1', 'ab-x/1', 'ab.y/1', 'AB/1', 'Ж/1', 'zz/deep/er']
  for (const path of odd) {
    await mkdir(dirname(join(filestore, path)), { recursive: true })
    await writeFile(join(filestore, path), path)
    await instance.rows(name, "INSERT INTO ir_attachment (name, store_fname) VALUES ('odd', $1)", [path])
  }
  const unnamed = ['aa-unnamed/1', 'ab/unnamed', 'zz/deep/unnamed', 'unnamed']
  for (const path of unnamed) {
    await mkdir(dirname(join(filestore, path)), { recursive: true })
    await writeFile(join(filestore, path), path)
  }
  const snapshot = await openSnapshot(instance.cluster, name)
  try {
    await buffer(snapshot.dump())
    const paths: string[] = []
    for await (const file of snapshot.files()) paths.push(file.path)
    expect(paths.filter((path, index) => paths.indexOf(path) !== index)).toEqual([])
    expect(paths).toEqual(expect.arrayContaining([...odd, ...unnamed]))
    expect(snapshot.facts().missingFiles).toEqual([])
  } finally {
    await snapshot.close()
  }
})

test('a few files that vanish, shrink or rot are left out and named; the rest is backed up', async () => {
  const name = await instance.createSample({ files: 30 })
  const filestore = instance.filestore(name)
  const named = await instance.rows<{ store_fname: string }>(
    name,
    'SELECT DISTINCT store_fname FROM ir_attachment WHERE file_size > 10 ORDER BY 1',
  )
  const [lost, shrunk, rotten] = named.map(row => row.store_fname)
  await rm(join(filestore, `${lost}`))
  const snapshot = await openSnapshot(instance.cluster, name)
  try {
    await buffer(snapshot.dump())
    await truncate(join(filestore, `${shrunk}`), 1)
    const size = (
      await instance.rows<{ file_size: number }>(
        name,
        'SELECT file_size FROM ir_attachment WHERE store_fname = $1',
        [rotten],
      )
    )[0]?.file_size
    await writeFile(join(filestore, `${rotten}`), Buffer.alloc(size ?? 0, 'x'))
    const paths = [...(await readFiles(snapshot)).keys()]
    expect(paths).toHaveLength(named.length - 3 + 1)
    expect([...snapshot.facts().missingFiles].sort()).toEqual([lost, shrunk, rotten].sort())
  } finally {
    await snapshot.close()
  }
})

test('a large file whose content does not match its name ends in an error and not in an end', async () => {
  const name = await instance.createSample({ files: 1 })
  const stored = await instance.cluster.withClient(name, client =>
    storeFile(client, instance.filestore(name), Buffer.alloc(3_000_000, 'large')),
  )
  await writeFile(join(instance.filestore(name), stored), Buffer.alloc(3_000_000, 'LARGE'))
  const snapshot = await openSnapshot(instance.cluster, name)
  try {
    await buffer(snapshot.dump())
    const files: SnapshotFile[] = []
    for await (const file of snapshot.files()) files.push(file)
    const large = files.find(file => file.path === stored)
    if (!large) throw new Error('The large file is not listed.')
    await expect(Promise.resolve(large.open()).then(buffer)).rejects.toMatchObject({
      code: 'file_corrupt',
    })
  } finally {
    await snapshot.close()
  }
})

test('a filestore that is not there fails the backup and says where its path came from', async () => {
  const name = await instance.createSample()
  await rm(instance.filestore(name), { recursive: true })
  await expect(openSnapshot(instance.cluster, name)).rejects.toMatchObject({
    code: 'filestore_missing',
    message: expect.stringContaining(
      `${instance.filestore(name)} is not there (its path comes from the option data_dir)`,
    ),
  })
})

test('a filestore that lacks more than ten files and more than one in a hundred fails the backup', async () => {
  const name = await instance.createSample({ files: 40 })
  const named = await instance.rows<{ store_fname: string }>(
    name,
    'SELECT DISTINCT store_fname FROM ir_attachment',
  )
  for (const { store_fname } of named.slice(0, 11)) await rm(join(instance.filestore(name), store_fname))
  await expect(openSnapshot(instance.cluster, name)).rejects.toMatchObject({ code: 'filestore_incomplete' })
})

test('names that lead elsewhere are told of and never opened', async () => {
  const name = await instance.createSample()
  await instance.rows(
    name,
    "INSERT INTO ir_attachment (name, store_fname) VALUES ('a', '../../../../etc/passwd'), ('b', 's3://bucket/b')",
  )
  const snapshot = await openSnapshot(instance.cluster, name)
  try {
    await buffer(snapshot.dump())
    expect([...(await readFiles(snapshot)).keys()].filter(path => /passwd|s3/.test(path))).toEqual([])
    expect(snapshot.facts().warnings).toEqual([{ code: 'attachments_elsewhere', count: 2 }])
  } finally {
    await snapshot.close()
  }
})

test.each(['a=b', '-h', 'sp ace "quote" \'q\'', '100%', 'Тест', 'dot.dot'])(
  'a database named %j is backed up like any other',
  async odd => {
    const name = await instance.createSample({
      name: instance.owns(odd + instance.name().slice(9)),
      files: 2,
    })
    const snapshot = await openSnapshot(instance.cluster, name)
    try {
      expect((await buffer(snapshot.dump())).includes('complete')).toBe(true)
      expect((await readFiles(snapshot)).size).toBeGreaterThan(0)
      expect(snapshot.manifest.db_name).toBe(name)
    } finally {
      await snapshot.close()
    }
  },
)

test('a name that could lead out of the filestore is refused, and never read as an address', async () => {
  for (const name of ['postgres://x', '../x', '..', ''])
    await expect(openSnapshot(instance.cluster, name)).rejects.toMatchObject({
      code: 'database_name_invalid',
    })
})

test("Odoo's dump format is pg_dump's own archive, without files", async () => {
  const name = await instance.createSample()
  const snapshot = await openSnapshot(instance.cluster, name, { format: 'custom' })
  try {
    const archive = await buffer(snapshot.dump())
    expect(archive.toString('latin1', 0, 5)).toBe('PGDMP')
    expect((await readFiles(snapshot)).size).toBe(0)
    expect(snapshot.facts().dumpBytes).toBe(archive.length)
    expect(snapshot.facts().rowCounts.get('public.odd "name" Ж')).toBe(510)
    const client = await instance.cluster.connect(name)
    const sequences = await readSequences(client).finally(() => client.end())
    expect(sequences.size).toBeGreaterThan(1)
    expect(snapshot.facts().sequences).toEqual(sequences)
    expect(sequencesIn(archive, 1)).toEqual(sequences)
    // Of another layout, or cut short, nothing is told rather than something wrong.
    const ofAnotherLayout = Buffer.concat([archive.subarray(0, 6), Buffer.from([99]), archive.subarray(7)])
    expect(sequencesIn(ofAnotherLayout, 4096).size).toBe(0)
    expect(sequencesIn(archive.subarray(0, 5000), 4096).size).toBe(0)
    expect(snapshot.facts().warnings).toEqual([])
    expect(await warningsOf(archive)).toEqual([])
    expect(await warningsOf(ofAnotherLayout)).toEqual([{ code: 'sequences_unnoted' }])
    expect(await warningsOf(archive.subarray(0, 5000))).toEqual([{ code: 'sequences_unnoted' }])
  } finally {
    await snapshot.close()
  }
})

test('a database without Odoo in it is refused', async () => {
  const name = await instance.createEmpty()
  await expect(openSnapshot(instance.cluster, name)).rejects.toMatchObject({ code: 'not_an_odoo_database' })
  await expect(openSnapshot(instance.cluster, instance.name())).rejects.toMatchObject({
    code: 'database_missing',
  })
})

test.each(['plain', 'custom'] as const)(
  'tables that the role may not read fail a backup as %s at once, by their names, and are not taken for locked ones',
  async format => {
    const name = await instance.createSample()
    const superuser = await instance.superuser(name)
    try {
      await superuser.query('CREATE TABLE public."made by hand" (id serial)')
      const error = await openSnapshot(instance.cluster, name, { format }).catch(fault => fault)
      expect(error).toMatchObject({ code: 'role_lacks_right', retryable: false })
      expect(error.message).toContain('public."made by hand", public."made by hand_id_seq". ')
      expect(error.message).toContain('ALTER TABLE public."made by hand" OWNER TO ')
      await superuser.query('GRANT SELECT ON ALL TABLES IN SCHEMA public TO PUBLIC')
      await superuser.query('GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO PUBLIC')
      await superuser.query(
        'CREATE SCHEMA closed; CREATE TABLE closed.it (); GRANT SELECT ON closed.it TO PUBLIC',
      )
      await expect(openSnapshot(instance.cluster, name, { format })).rejects.toMatchObject({
        message: expect.stringContaining('all of the database: closed.it. '),
      })
      await superuser.query('GRANT USAGE ON SCHEMA closed TO PUBLIC')
      const snapshot = await openSnapshot(instance.cluster, name, { format })
      try {
        expect((await buffer(snapshot.dump())).includes('made by hand')).toBe(true)
      } finally {
        await snapshot.close()
      }
    } finally {
      await superuser.end()
    }
  },
)

test('a table that may not be read any longer when pg_dump comes to lock it is told as that', async () => {
  const name = await instance.createSample()
  const snapshot = await openSnapshot(instance.cluster, name)
  const superuser = await instance.superuser(name)
  try {
    await superuser.query('ALTER TABLE public."odd ""name"" Ж" OWNER TO CURRENT_USER')
    await expect(buffer(snapshot.dump())).rejects.toMatchObject({
      code: 'role_lacks_right',
      retryable: false,
    })
  } finally {
    await superuser.end()
    await snapshot.close()
  }
})

test('a locked table makes the dump give up after its time and say so', async () => {
  const name = await instance.createSample()
  const blocker = await instance.cluster.connect(name)
  await blocker.query('BEGIN; LOCK TABLE res_users IN ACCESS EXCLUSIVE MODE')
  const snapshot = await openSnapshot(instance.cluster, name, { lockWaitSeconds: 1 })
  try {
    await expect(buffer(snapshot.dump())).rejects.toMatchObject({ code: 'database_busy', retryable: true })
  } finally {
    await snapshot.close()
    await blocker.end()
  }
})

test('a change of a table that waits behind a dump as custom format costs the count of rows, and not the backup', async () => {
  const name = await instance.createSample()
  // The last one made is the last one that pg_dump locks.
  await instance.rows(name, 'CREATE TABLE gate ()')
  const snapshot = await openSnapshot(instance.cluster, name, { format: 'custom', lockWaitSeconds: 3 })
  const gate = await instance.cluster.connect(name)
  const change = await instance.cluster.connect(name)
  try {
    await gate.query('BEGIN; LOCK TABLE gate IN ACCESS EXCLUSIVE MODE')
    const dump = buffer(snapshot.dump())
    const waiting = async () =>
      (
        await instance.rows(
          name,
          "SELECT FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = 'Lock'",
          [name],
        )
      ).length
    while ((await waiting()) < 1);
    const changing = change.query('BEGIN; ALTER TABLE res_users ADD COLUMN added_meanwhile integer')
    while ((await waiting()) < 2);
    await gate.query('COMMIT')
    expect((await dump).toString('latin1', 0, 5)).toBe('PGDMP')
    await changing
    const { rowCounts, sequences, warnings } = snapshot.facts()
    expect(rowCounts.size).toBe(0)
    expect(sequences.size).toBeGreaterThan(1)
    expect(warnings).toEqual([
      { code: 'rows_uncounted', words: expect.stringMatching(/^Counting the rows: .*lock/) },
    ])
  } finally {
    await gate.end()
    await change.end()
    await snapshot.close()
  }
})

test('a dump that is cancelled ends pg_dump', async () => {
  const name = await instance.createSample()
  const stop = new AbortController()
  const blocker = await instance.cluster.connect(name)
  await blocker.query('BEGIN; LOCK TABLE res_users IN ACCESS EXCLUSIVE MODE')
  const snapshot = await openSnapshot(instance.cluster, name, { signal: stop.signal })
  try {
    const reading = buffer(snapshot.dump())
    const waiting = async () =>
      (
        await instance.rows(
          name,
          "SELECT FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = 'Lock'",
          [name],
        )
      ).length
    while ((await waiting()) === 0);
    stop.abort()
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' })
    while ((await waiting()) > 0);
  } finally {
    await snapshot.close()
    await blocker.end()
  }
})

test.each<[string, string, (snapshot: () => Promise<LiveSnapshot>) => Promise<unknown>]>([
  ['of a snapshot', 'ir_attachment', snapshot => snapshot()],
  [
    'of pg_dump',
    'res_users',
    async snapshot => {
      const { dump, close } = await snapshot().then(opened => ({
        dump: opened.dump(),
        close: () => opened.close(),
      }))
      return buffer(dump).finally(close)
    },
  ],
])(
  'a statement %s that an administrator ends is told as that, and may be tried again',
  async (_of, table, read) => {
    const name = await instance.createSample()
    const administrator = await instance.superuser(name)
    try {
      await administrator.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`)
      const reading = read(() => openSnapshot(instance.cluster, name))
      const end = () =>
        administrator.query(
          'SELECT pg_cancel_backend(pid) FROM pg_locks WHERE relation = $1::regclass AND NOT granted',
          [table],
        )
      while ((await end()).rowCount === 0);
      await expect(reading).rejects.toMatchObject({
        code: 'statement_ended',
        retryable: true,
        message: expect.stringContaining('an administrator'),
      })
    } finally {
      await administrator.end()
    }
  },
)

test('a snapshot that is cancelled while it waits for a locked table waits no longer, nor does its session', async () => {
  const name = await instance.createSample()
  const stop = new AbortController()
  const blocker = await instance.cluster.connect(name)
  const waiting = async () =>
    (await blocker.query("SELECT FROM pg_locks WHERE relation = 'ir_attachment'::regclass AND NOT granted"))
      .rowCount
  try {
    await blocker.query('BEGIN; LOCK TABLE ir_attachment IN ACCESS EXCLUSIVE MODE')
    const opening = openSnapshot(instance.cluster, name, { lockWaitSeconds: 3600, signal: stop.signal })
    while ((await waiting()) === 0);
    stop.abort(new Error('nobody wants it'))
    await expect(opening).rejects.toThrow('nobody wants it')
    while ((await waiting()) !== 0);
  } finally {
    await blocker.end()
  }
})

test('a snapshot that is cancelled while a disk gives no answer waits no longer', async () => {
  const name = await instance.createSample({ files: 3 })
  const stop = new AbortController()
  const blocker = await instance.cluster.connect(name)
  const pipe = join(instance.dataDir, 'nobody writes')
  execFileSync('mkfifo', [pipe])
  const found = async (sql: string) => ((await blocker.query(sql)).rowCount ?? 0) > 0
  await blocker.query('BEGIN; LOCK TABLE ir_attachment IN ACCESS EXCLUSIVE MODE')
  const opening = openSnapshot(instance.cluster, name, { signal: stop.signal })
  while (!(await found("SELECT FROM pg_locks WHERE relation = 'ir_attachment'::regclass AND NOT granted")));
  // Whoever asks the system for a file waits behind these.
  const held = Array.from({ length: 64 }, () => open(pipe, 'r'))
  try {
    await blocker.query('COMMIT')
    while (
      !(await found(
        `SELECT FROM pg_stat_activity WHERE datname = current_database()
           AND query LIKE 'CLOSE %' AND state = 'idle in transaction'`,
      ))
    );
    stop.abort(new Error('nobody wants it'))
    await expect(opening).rejects.toThrow('nobody wants it')
  } finally {
    const writer = openSync(pipe, constants.O_RDWR)
    for (const file of held) await (await file).close()
    closeSync(writer)
    await blocker.end()
  }
})

test('once the dump is read, nothing of Odoo waits for the backup, however long its files take', async () => {
  const name = await instance.createSample({ files: 3 })
  const snapshot = await openSnapshot(instance.cluster, name)
  try {
    await buffer(snapshot.dump())
    // What a module update does; it fails at once where any other session still holds the table.
    await instance.rows(
      name,
      "SET lock_timeout = '1ms'; ALTER TABLE ir_attachment ADD COLUMN added_meanwhile integer; SELECT 1",
    )
    expect((await readFiles(snapshot)).size).toBeGreaterThan(2)
  } finally {
    await snapshot.close()
  }
})

test('a connection that the server ends in the middle of a dump fails it', async () => {
  const name = await instance.createSample({ rows: 200_000 })
  const snapshot = await openSnapshot(instance.cluster, name)
  const superuser = await instance.superuser()
  try {
    const dump = snapshot.dump()
    // Nobody reads the dump yet, so pg_dump stops in the rows of the large table once the pipe is full.
    await once(dump, 'readable')
    const end = () =>
      superuser.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND query LIKE 'COPY%odd%'`,
        [name],
      )
    while ((await end()).rowCount === 0);
    await expect(buffer(dump)).rejects.toMatchObject({
      code: expect.stringMatching(/postgres_unreachable|dump_failed/),
    })
  } finally {
    await superuser.end()
    await snapshot.close()
  }
})

test('a server that is not there is told as such, without the password', async () => {
  const cluster = new OdooCluster({ ...instance.cluster.settings, dbPort: 1, dbPassword: 'canary-secret' })
  const error = await openSnapshot(cluster, 'any').catch(fault => fault)
  expect(error).toMatchObject({ code: 'postgres_unreachable', retryable: true })
  expect(JSON.stringify([error.message, String(error.cause)])).not.toContain('canary-secret')
})
