import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { sandboxEnvironment } from '../../../../infra/sandbox/environment.ts'
import { databaseFingerprint, filesFingerprint } from '../testing/fingerprint.ts'
import { openRestoring, type Restoring } from '../testing/restoring.ts'

let restoring: Restoring
beforeAll(async () => {
  restoring = await openRestoring(sandboxEnvironment())
})
afterAll(() => restoring.close())
afterEach(async () => expect(await restoring.leftovers()).toEqual([]))

test('a name that is taken is refused before anything is done', async () => {
  await expect(restoring.copySample({ database: restoring.sample })).rejects.toMatchObject({
    code: 'database_exists',
  })
  const database = restoring.instance.name()
  await mkdir(restoring.instance.filestore(database), { recursive: true })
  await writeFile(join(restoring.instance.filestore(database), 'kept'), 'kept')
  await expect(restoring.copySample({ database })).rejects.toMatchObject({
    code: 'filestore_exists',
    message: `Filestore for database "${database}" already exists. Please choose another database name`,
  })
  for (const name of ['postgres', 'template1', 'a', '../x', 'sp ace', 'x'.repeat(64)])
    await expect(restoring.copySample({ database: name })).rejects.toMatchObject({
      code: 'database_name_invalid',
    })
})

test('replacing keeps the old pair under a dated name that Odoo does not see', async () => {
  const database = await restoring.instance.createSample({ rows: 3 })
  const old = await restoring.fingerprint(database)
  const visitor = await restoring.instance.cluster.connect(database)
  const result = await restoring.copySample({ database, replace: true })
  restoring.instance.owns(`${result.replacedDatabase}`)
  expect(await restoring.fingerprint(database)).toEqual(await restoring.fingerprint(restoring.sample))
  expect(result.replacedDatabase).toMatch(new RegExp(`^${database}_replaced_\\d{8}_\\d{6}$`))
  expect(await filesFingerprint(`${result.replacedFilestore}`)).toEqual(old.files)
  expect(await restoring.instance.listedByOdoo()).not.toContain(result.replacedDatabase)
  await expect(visitor.query('SELECT 1')).rejects.toThrow()
  await restoring.instance.rows(
    'postgres',
    `ALTER DATABASE "${result.replacedDatabase}" ALLOW_CONNECTIONS true`,
  )
  expect(
    await restoring.instance.cluster.withClient(`${result.replacedDatabase}`, databaseFingerprint),
  ).toEqual(old.database)
})

test('what was replaced in the same second keeps its name', async () => {
  const database = await restoring.instance.createSample({ rows: 3 })
  const now = new Date('2026-01-31T04:00:59Z')
  const names: unknown[] = []
  for (let turn = 1; turn <= 2; turn++) {
    const { replacedDatabase } = await restoring.copySample({ database, replace: true }, {}, { now })
    restoring.instance.owns(`${replacedDatabase}`)
    names.push(replacedDatabase)
  }
  expect(names).toEqual([`${database}_replaced_20260131_040059`, `${database}_replaced_20260131_040100`])
})

test('while a database is replaced, Odoo sees it or nothing, and never one that the agent made', async () => {
  const database = await restoring.instance.createSample({ rows: 3 })
  const seen = new Set<string>()
  let done = false
  const watching = (async () => {
    while (!done) for (const name of await restoring.instance.listedByOdoo()) seen.add(name)
  })()
  const before = await restoring.instance.listedByOdoo()
  const result = await restoring
    .copySample({
      database,
      replace: true,
      journal: async ({ replacedDatabase }) => {
        if (replacedDatabase) restoring.instance.owns(replacedDatabase)
      },
    })
    .finally(() => {
      done = true
    })
  await watching
  expect([...seen].sort()).toEqual([...before].sort())
  expect(seen.has(`${result.replacedDatabase}`)).toBe(false)
})

test('files alone can be replaced, also those of a database with an odd name', async () => {
  const database = await restoring.instance.createSample({
    name: restoring.instance.owns(`Ödd "name" ${restoring.instance.name()}`),
    files: 3,
  })
  const old = await restoring.fingerprint(database)
  await expect(restoring.copySample({ database, parts: 'filestore' })).rejects.toMatchObject({
    code: 'filestore_exists',
  })
  const result = await restoring.copySample({ database, parts: 'filestore', replace: true })
  const now = await restoring.fingerprint(database)
  expect(now.database).toEqual(old.database)
  expect(now.files).toEqual((await restoring.fingerprint(restoring.sample)).files)
  expect(await filesFingerprint(`${result.replacedFilestore}`)).toEqual(old.files)
  expect(result.replacedDatabase).toBeUndefined()
})

test('when replacing fails at the last moment, the old pair is back in its place', async () => {
  const database = await restoring.instance.createSample({ rows: 3 })
  const old = await restoring.fingerprint(database)
  let taken = ''
  const failing = restoring.copySample({
    database,
    replace: true,
    journal: async entry => {
      // Somebody takes the name under which the old database is to be kept.
      if (entry.step === 'publishing') taken = await restoring.instance.createEmpty(entry.replacedDatabase)
    },
  })
  await expect(failing).rejects.toMatchObject({ code: 'database_exists' })
  expect(taken).not.toBe('')
  expect(await restoring.fingerprint(database)).toEqual(old)
  expect(await restoring.instance.listedByOdoo()).toContain(database)
})

test('only the database, or only the files, can be restored', async () => {
  const database = restoring.instance.name()
  await restoring.copySample({ database, parts: 'filestore' })
  expect(await restoring.instance.cluster.databaseExists(database)).toBe(false)
  const original = await restoring.fingerprint(restoring.sample)
  expect(await filesFingerprint(restoring.instance.filestore(database))).toEqual(original.files)
  await restoring.copySample({ database, parts: 'database' })
  expect(await restoring.fingerprint(database)).toEqual(original)
})
