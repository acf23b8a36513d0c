import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { OdooManifest } from '@odoo-backup/protocol'
import { sandboxEnvironment } from '../../../../infra/sandbox/environment.ts'
import { TestInstance } from '../testing/instance.ts'
import { readFiles } from '../testing/read-files.ts'
import { readSequences } from './count-rows.ts'
import { CustomDumpContents } from './custom-dump-contents.ts'
import { CustomDumpObserver } from './custom-dump-observer.ts'
import { openSnapshot } from './open-snapshot.ts'

let instance: TestInstance
beforeAll(async () => {
  instance = await TestInstance.open(sandboxEnvironment())
})
afterAll(() => instance.close())

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
