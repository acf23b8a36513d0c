import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { createDirectoryStorage } from '@odoo-backup/storage'
import type { Destination } from '../credentials/destination.ts'
import { reserveNames } from './backup-name.ts'
import { ownerKey } from './markers.ts'

let folder: string
let destination: Destination
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'odoo-backup-names-'))
  const storage = createDirectoryStorage({ folder })
  destination = { storage, prefix: '42/', service: 'directory', close: () => undefined }
})
afterEach(() => rm(folder, { recursive: true }))

const now = new Date('2026-01-01T03:00:00.900Z')
const wanted = { database: 'my.db', format: 'zip', encrypted: false } as const
const reserve = (instanceId: string) =>
  reserveNames(destination, wanted, {
    now,
    instanceId,
    note: async () => undefined,
    release: async started => destination.storage.delete([ownerKey('42/', instanceId, started.archive)]),
    signal: new AbortController().signal,
  })

test('a free second is taken as it is, and said to be taken', async () => {
  const { names } = await reserve('one')
  expect(names).toMatchObject({
    archive: 'my.db.2026-01-01_03-00-00.zip',
    info: 'my.db.2026-01-01_03-00-00.info',
  })
  expect((await destination.storage.head('42/_/instance/my.db.2026-01-01_03-00-00.zip/one')).sizeBytes).toBe(
    0,
  )
})

test('a taken second moves to the next one, whatever took it', async () => {
  await destination.storage.put('42/my.db.2026-01-01_03-00-00.dump.enc', Buffer.from('x'))
  await destination.storage.put('42/my.db.2026-01-01_03-00-01.info', Buffer.from('x'))
  await destination.storage.put('42/my.db.other.2026-01-01_03-00-02.zip', Buffer.from('x'))
  expect((await reserve('one')).names.archive).toBe('my.db.2026-01-01_03-00-02.zip')
})

test('many instances that are due in the same second get names of their own', async () => {
  const ids = Array.from({ length: 6 }, (_, index) => `instance-${index}`)
  const reserved = await Promise.all(ids.map(reserve))
  expect(new Set(reserved.map(({ names }) => names.archive)).size).toBe(ids.length)
})
