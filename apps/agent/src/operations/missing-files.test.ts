import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { BackupView } from '@odoo-backup/protocol'
import { createDirectoryStorage } from '@odoo-backup/storage'
import type { Place } from '../config/place.ts'
import type { Places } from '../jobs/find-place.ts'
import { createMissingFiles } from './missing-files.ts'

let folders: [string, string]
let opened: string[]
let refused: string | undefined
beforeEach(async () => {
  const folder = () => mkdtemp(join(tmpdir(), 'odoo-backup-missing-'))
  folders = [await folder(), await folder()]
  opened = []
  refused = undefined
})
afterEach(() => Promise.all(folders.map(folder => rm(folder, { recursive: true }))))

const place = (path: string): Place => ({ kind: 'directory', path })
const places = (): Places => ({
  places: () => [place(folders[0]), place(folders[1])],
  openDestination: async (purpose, where) => {
    if (where?.kind !== 'directory') throw new Error('no such place')
    opened.push(purpose)
    if (where.path === refused) throw new Error('this place is away')
    const storage = createDirectoryStorage({ folder: where.path })
    return { storage, prefix: '', service: 'directory', close: () => undefined }
  },
})

const backup = (database: string) =>
  BackupView.parse({
    name: `${database}.2026-03-10_03-00-00.zip`,
    database,
    takenAt: '2026-03-10T03:00:00Z',
    sizeBytes: 1,
    encrypted: false,
    format: 'zip',
  })

const describe = (folder: string, database: string, missing: number) =>
  writeFile(
    join(folder, `${database}.2026-03-10_03-00-00.info`),
    `[common]\ndatabase = ${database}\n[missing_files]\ncount = ${missing}\n`,
  )

test('each backup is given what its .info says, in whatever place it lies; one whose .info is away stays bare', async () => {
  await describe(folders[0], 'shop', 3)
  await describe(folders[1], 'crm', 0)
  const read = createMissingFiles(
    places(),
    () => false,
    async () => new Map(),
  )
  const found = await read(['crm', 'gone', 'shop'].map(backup))
  expect(found.map(({ database, missingFiles }) => [database, missingFiles])).toEqual([
    ['crm', 0],
    ['gone', undefined],
    ['shop', 3],
  ])
  expect(new Set(opened)).toEqual(new Set(['restore']))
})

test('what was read once is not read again', async () => {
  await describe(folders[0], 'shop', 3)
  const read = createMissingFiles(
    places(),
    () => false,
    async () => new Map(),
  )
  await read([backup('shop')])
  opened = []
  expect(await read([backup('shop')])).toMatchObject([{ missingFiles: 3 }])
  expect(opened).toEqual([])
})

test('a place that is away hides nothing of the others, and is asked again', async () => {
  await describe(folders[0], 'shop', 3)
  await describe(folders[1], 'crm', 2)
  refused = folders[0]
  const read = createMissingFiles(
    places(),
    () => false,
    async () => new Map(),
  )
  const numbers = async () => (await read(['shop', 'crm'].map(backup))).map(found => found.missingFiles)
  expect(await numbers()).toEqual([undefined, 2])
  refused = undefined
  expect(await numbers()).toEqual([3, 2])
})

test('half a backup has no .info to be looked for', async () => {
  const read = createMissingFiles(
    places(),
    () => false,
    async () => new Map(),
  )
  expect(await read([{ ...backup('shop'), lone: true }])).toMatchObject([{ lone: true }])
  expect(opened).toEqual([])
})

test('where .info may not be read, what the agent found itself is told, and is asked for once a page', async () => {
  await describe(folders[1], 'crm', 2)
  refused = folders[0]
  let asked = 0
  const own = async () => {
    asked++
    return new Map([[backup('shop').name, 3]])
  }
  const read = createMissingFiles(places(), () => false, own)
  expect((await read(['shop', 'crm', 'sales'].map(backup))).map(found => found.missingFiles)).toEqual([
    3,
    2,
    undefined,
  ])
  expect(asked).toBe(1)
  await read([backup('crm')])
  expect(asked).toBe(1)
})

test('a queue that is away hides nothing of what .info says', async () => {
  await describe(folders[0], 'shop', 3)
  const read = createMissingFiles(
    places(),
    () => false,
    () => Promise.reject(new Error('it is away')),
  )
  expect((await read(['shop', 'crm'].map(backup))).map(found => found.missingFiles)).toEqual([3, undefined])
})
