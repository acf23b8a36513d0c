import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import type { Progress } from '@odoo-backup/protocol'
import { sandboxEnvironment } from '../../../../infra/sandbox/environment.ts'
import { openSnapshot } from '../snapshot/open-snapshot.ts'
import { readOdooZip } from '../testing/odoo-zip.ts'
import { madeUp, openRestoring, type Restoring } from '../testing/restoring.ts'

let restoring: Restoring
beforeAll(async () => {
  restoring = await openRestoring(sandboxEnvironment())
})
afterAll(() => restoring.close())
afterEach(async () => expect(await restoring.leftovers()).toEqual([]))

test('a database and its files come back as they were', async () => {
  const database = restoring.instance.name()
  const seen: Progress['phase'][] = []
  const result = await restoring.copySample({ database, onProgress: ({ phase }) => seen.push(phase) })
  expect(await restoring.fingerprint(database)).toEqual(await restoring.fingerprint(restoring.sample))
  expect(result.rowCounts.get('public.odd "name" Ж')).toBe(510)
  expect([...new Set(seen)]).toEqual(['load', 'files', 'publish', 'done'])
  expect(await restoring.instance.listedByOdoo()).toContain(database)
})

test("Odoo's dump format goes through the same gate", async () => {
  const database = restoring.instance.name()
  await restoring.copySample({ database }, { format: 'custom' })
  const [restored, original] = [
    await restoring.fingerprint(database),
    await restoring.fingerprint(restoring.sample),
  ]
  expect(restored.database).toEqual(original.database)
  expect(restored.files).toEqual({})
})

const fixture = resolve(import.meta.dirname, '../../../../../shared/fixtures/mini16-by-odoo.zip')
const origin = existsSync(fixture) ? 'that Odoo 16 made' : 'of a generated database'

test(`a backup ${origin} is restored, backed up and restored again without a difference`, async () => {
  // The project does not carry the fixture: where it is not, the generated sample takes its place.
  const live = await openSnapshot(restoring.instance.cluster, restoring.sample)
  const snapshot = existsSync(fixture) ? await readOdooZip(fixture) : live
  const [first, second] = [restoring.instance.name(), restoring.instance.name()]
  await restoring.restoreSnapshot(restoring.instance.cluster, snapshot, {
    database: first,
    copy: false,
    neutralise: false,
  })
  const again = await openSnapshot(restoring.instance.cluster, first)
  try {
    await restoring.restoreSnapshot(restoring.instance.cluster, again, {
      database: second,
      copy: false,
      neutralise: false,
    })
    expect({ ...again.manifest, db_name: '' }).toEqual({ ...snapshot.manifest, db_name: '' })
  } finally {
    await again.close()
    await live.close()
  }
  expect(await restoring.fingerprint(second)).toEqual(await restoring.fingerprint(first))
  expect(Object.keys((await restoring.fingerprint(first)).files).length).toBeGreaterThan(10)
})

test('a copy gets its own secret, uuid and address, and the original keeps its own', async () => {
  const database = restoring.instance.name()
  await restoring.copySample({ database, copy: true })
  const parameters = async (name: string) =>
    Object.fromEntries(
      (
        await restoring.instance.rows<{ key: string; value: string }>(
          name,
          'SELECT key, value FROM ir_config_parameter',
        )
      ).map(({ key, value }) => [key, value]),
    )
  const [copied, original] = [await parameters(database), await parameters(restoring.sample)]
  expect(copied['web.base.url']).toBe('http://localhost:8069')
  expect(copied['database.uuid']).toMatch(/^[0-9a-f-]{36}$/)
  expect(copied['database.uuid']).not.toBe(original['database.uuid'])
  expect(copied['database.secret']).not.toBe(original['database.secret'])
  expect(copied['base.login_cooldown_after']).toBe('10')
  expect(original['database.secret']).toBe('original secret')
})

test.each(['plain', 'custom'] as const)(
  'tables that lay in a tablespace which this server lacks come to where it puts new ones (%s)',
  async format => {
    const source = await restoring.instance.createSample()
    const space = restoring.instance.name('_space')
    const superuser = await restoring.instance.superuser(source)
    try {
      await superuser.query('SET allow_in_place_tablespaces = on')
      await superuser.query(`CREATE TABLESPACE "${space}" LOCATION ''`)
      await superuser.query(`ALTER TABLE ir_attachment SET TABLESPACE "${space}"`)
      await superuser.query(`ALTER INDEX res_users_pkey SET TABLESPACE "${space}"`)
      const snapshot = await openSnapshot(restoring.instance.cluster, source, { format })
      const dump = await buffer(snapshot.dump())
      await snapshot.close()
      await superuser.query('ALTER TABLE ir_attachment SET TABLESPACE pg_default')
      await superuser.query('ALTER INDEX res_users_pkey SET TABLESPACE pg_default')
      await superuser.query(`DROP TABLESPACE "${space}"`)
      const database = restoring.instance.name()
      const { warnings } = await restoring.restoreSnapshot(
        restoring.instance.cluster,
        { ...madeUp(''), dump: () => Readable.from([dump], { objectMode: false }), dumpFormat: format },
        { copy: false, neutralise: false, database },
      )
      expect(warnings).toContainEqual({
        code: 'setting_left_out',
        setting: 'default_tablespace',
        reason: 'tables_as_new',
      })
      expect((await restoring.fingerprint(database)).database).toEqual(
        (await restoring.fingerprint(source)).database,
      )
    } finally {
      await superuser.end()
    }
  },
)

test('files get the rights of the folder that holds all filestores', async () => {
  const database = restoring.instance.name()
  await restoring.copySample({ database })
  const root = await stat(join(restoring.instance.dataDir, 'filestore'))
  const [file] = Object.keys((await restoring.fingerprint(database)).files)
  expect((await stat(restoring.instance.filestore(database))).mode & 0o777).toBe(root.mode & 0o777)
  expect((await stat(join(restoring.instance.filestore(database), `${file}`))).mode & 0o777).toBe(
    root.mode & 0o666,
  )
})
