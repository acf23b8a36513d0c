import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { createDirectoryStorage } from '@odoo-backup/storage'
import { defaultDatabaseConfiguration } from '../config/database-settings.ts'
import type { Destination } from '../credentials/destination.ts'
import { markerKey, ownerKey } from './markers.ts'
import { decideRetention } from './rotate.ts'
import { listBackups } from './stored-backups.ts'

let folder: string
let destination: Destination
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'odoo-backup-rotate-'))
  const storage = createDirectoryStorage({ folder })
  destination = { storage, prefix: '42/', service: 'directory', close: () => undefined }
})
afterEach(() => rm(folder, { recursive: true }))

const put = (key: string) => destination.storage.put(key, Buffer.from('x'))

/** A complete backup of a day of January 2026, made by the instance of this name. */
async function backupOf(day: string, owner: string): Promise<string> {
  const archive = `shop.2026-01-${day}_03-00-00.zip`
  await put(`42/${archive}`)
  await put(`42/${archive.replace(/zip$/, 'info')}`)
  await put(ownerKey('42/', owner, archive))
  return archive
}

async function decided() {
  const { retention } = defaultDatabaseConfiguration('shop')
  const now = new Date('2026-02-01T00:00:00Z')
  const listing = await listBackups(destination)
  return decideRetention(listing, 'shop', 'here-01', { ...retention, daily: 1 }, now)
}

test('the newest own backup that passed a drill stays while newer ones did not: one that failed, and another server’s, protect nothing', async () => {
  const [first, second, third, newest] = [
    await backupOf('01', 'here-01'),
    await backupOf('02', 'here-01'),
    await backupOf('03', 'here-01'),
    await backupOf('05', 'here-01'),
  ]
  await put(markerKey('42/', 'verified', first))
  await put(markerKey('42/', 'verified', second))
  await put(markerKey('42/', 'failed', third))
  await put(markerKey('42/', 'verified', await backupOf('04', 'there-1')))

  const { kept, rotated } = await decided()
  expect(kept.map(({ backup, reasons }) => [backup.name, reasons])).toEqual([
    [newest, ['the newest', 'the last of its day']],
    [second, ['the newest verified one']],
  ])
  expect(rotated.map(({ backup }) => backup.name).sort()).toEqual([first, third])

  await put(markerKey('42/', 'verified', newest))
  expect((await decided()).kept.map(({ backup }) => backup.name)).toEqual([newest])
})
