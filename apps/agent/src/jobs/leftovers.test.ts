import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { createDirectoryStorage } from '@odoo-backup/storage'
import { defaultDatabaseConfiguration } from '../config/database-settings.ts'
import type { Destination } from '../credentials/destination.ts'
import { AgentError } from '../errors.ts'
import { reserveNames } from './backup-name.ts'
import { deleteBackup } from './delete.ts'
import { releaseName, removeLeftovers } from './leftovers.ts'
import { decideRetention } from './rotate.ts'
import { listBackups } from './stored-backups.ts'

let folder: string
let destination: Destination
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'odoo-backup-leftovers-'))
  const storage = createDirectoryStorage({ folder })
  destination = { storage, prefix: '42/', service: 'directory', close: () => undefined }
})
afterEach(() => rm(folder, { recursive: true }))

const database = 'shop'
const archive = 'shop.2026-01-01_03-00-00.zip'
const started = { prefix: '42/', archive, info: 'shop.2026-01-01_03-00-00.info' }
const refused = async () => {
  throw new AgentError('purpose_refused', 'This instance may not do that.')
}
const told: string[] = []
/** An instance whose account gives it no credential for deleting. */
const withoutRotate = (instanceId: string) => ({
  openDestination: refused,
  instanceId,
  warn: (message: string) => told.push(message),
})
const put = (key: string) => destination.storage.put(`42/${key}`, Buffer.from('x'))
const keys = async () => {
  const found: string[] = []
  for await (const { key } of destination.storage.list('')) found.push(key)
  return found
}
const ownersOf = async () => (await listBackups(destination)).markers.get(archive)?.owners
const rotatedBy = async (instanceId: string) => {
  const { retention } = defaultDatabaseConfiguration(database)
  const rules = { ...retention, daily: 1 }
  const at = { now: new Date('2026-02-01T00:00:00Z'), inUse: new Set<string>() }
  const decided = decideRetention(await listBackups(destination), database, instanceId, rules, at)
  return decided.rotated.map(({ backup }) => backup.name)
}

test('who loses the race for a name and may not delete takes its word back: the backup is its maker’s alone, and goes with its rotation', async () => {
  await put(`_/instance/${archive}/loser-01`)
  await put(`_/instance/${archive}/winner-1`)
  await put(archive)
  await put(started.info)
  await put('shop.2026-01-02_03-00-00.zip')
  await put('shop.2026-01-02_03-00-00.info')
  await put('_/instance/shop.2026-01-02_03-00-00.zip/winner-1')
  expect(await rotatedBy('winner-1')).toEqual([])

  await releaseName(destination, started, withoutRotate('loser-01'))
  expect(await ownersOf()).toEqual(['winner-1'])
  expect(await rotatedBy('loser-01')).toEqual([])
  expect(await rotatedBy('winner-1')).toEqual([archive])

  const { markers } = await listBackups(destination)
  await deleteBackup(destination, archive, markers.get(archive) ?? { owners: [], withdrawn: [] })
  expect((await keys()).filter(key => key.includes('2026-01-01'))).toEqual([])
})

test('a run that died before it took its word back does so later, and touches nothing of the winner', async () => {
  await put(`_/instance/${archive}/loser-01`)
  await put(`_/instance/${archive}/winner-1`)
  await put(archive)
  expect(await removeLeftovers(destination, started, withoutRotate('loser-01'))).toBe('removed')
  expect(await ownersOf()).toEqual(['winner-1'])
  expect(await keys()).toContain(`42/${archive}`)
  expect(told).toEqual([])
})

test('the winner’s own half archive is its own to remove, though another took its word back', async () => {
  await put(`_/instance/${archive}/loser-01`)
  await put(`_/instance/${archive}/loser-01.withdrawn`)
  await put(`_/instance/${archive}/winner-1`)
  await put(archive)
  const options = { ...withoutRotate('winner-1'), openDestination: async () => destination }
  expect(await removeLeftovers(destination, started, options)).toBe('removed')
  expect(await keys()).not.toContain(`42/${archive}`)
})

test('a name whose word was taken back is not reserved again', async () => {
  await put(`_/instance/${archive}/loser-01.withdrawn`)
  const { names } = await reserveNames(
    destination,
    { database, format: 'zip', encrypted: false },
    {
      now: new Date('2026-01-01T03:00:00Z'),
      instanceId: 'loser-01',
      note: async () => undefined,
      release: reserved => releaseName(destination, reserved, withoutRotate('loser-01')),
      signal: new AbortController().signal,
    },
  )
  expect(names.archive).not.toBe(archive)
})
