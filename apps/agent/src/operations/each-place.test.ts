import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import { createDirectoryStorage } from '@odoo-backup/storage'
import type { Place } from '../config/place.ts'
import { AgentError } from '../errors.ts'
import type { Places } from '../jobs/find-place.ts'
import { listBackups } from '../jobs/stored-backups.ts'
import { backupOperations } from './backups.ts'
import { placeLooks } from './each-place.ts'

let folders: [string, string]
/** What opening the second place waits for. */
let second: Promise<void>
let opened: string[]
beforeEach(async () => {
  const folder = () => mkdtemp(join(tmpdir(), 'odoo-backup-places-'))
  folders = [await folder(), await folder()]
  second = Promise.resolve()
  opened = []
})
afterEach(() => Promise.all(folders.map(folder => rm(folder, { recursive: true }))))

const directory = (path: string): Place => ({ kind: 'directory', path })
const places: Places = {
  places: database => {
    const [one, other] = [directory(folders[0]), directory(folders[1])]
    return database === 'crm' ? [other, one] : [one, other]
  },
  openDestination: async (_purpose, place) => {
    if (place?.kind !== 'directory') throw new Error('no such place')
    opened.push(place.path)
    if (place.path === folders[1]) await second
    const storage = createDirectoryStorage({ folder: place.path })
    return { storage, prefix: '', service: 'directory', close: () => undefined }
  },
}

async function keep(folder: string, name: string, suffixes = ['.zip', '.info']): Promise<string> {
  for (const suffix of suffixes)
    await writeFile(
      join(folder, `${name}.2026-03-10_03-00-00${suffix}`),
      '[common]\n[missing_files]\ncount = 3\n',
    )
  return `${name}.2026-03-10_03-00-00.zip`
}

const away = () => Promise.reject(new AgentError('storage_unreachable', 'The mount is gone.'))

/** How long places may take is told to fake timers; reading folders goes by the real ones. */
const EXCEPT_TIMEOUTS = [
  'Date',
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
] as const

const operations = (instance: string, now = () => new Date()) =>
  backupOperations({ places, instanceId: () => instance, missingFilesOfJobs: async () => new Map(), now })

test('a place that is away hides nothing of the others, and what may lie in it is not called unknown', async () => {
  const shop = await keep(folders[0], 'shop')
  const half = await keep(folders[0], 'half', ['.zip'])
  const crm = await keep(folders[1], 'crm')
  const agent = operations('here')
  expect((await agent.backups()).map(({ name }) => name).sort()).toEqual([crm, shop])

  second = away()
  const { backups, loneArchives, answered, unreachable } = await agent.inventory()
  expect(backups).toMatchObject([{ name: shop }])
  expect(loneArchives).toMatchObject([{ name: half, lone: true, unclaimed: true }])
  expect(answered).toBe(1)
  expect(unreachable).toMatchObject([
    { place: `the folder ${folders[1]}`, error: { code: 'storage_unreachable' } },
  ])
  expect(['shop', 'crm'].map(name => unreachable[0]?.keeps(name))).toEqual([false, true])

  expect(await agent.archive(shop)).toMatchObject({ database: 'shop' })
  expect(await agent.archive(half)).toMatchObject({ lone: true })
  expect(await agent.backup(shop)).toMatchObject({ name: shop })
  expect(await agent.withMissingFiles(backups)).toMatchObject([{ name: shop, missingFiles: 3 }])
  await expect(agent.archive(crm)).rejects.toMatchObject({ code: 'storage_unreachable' })
  await expect(agent.backups()).rejects.toMatchObject({ code: 'storage_unreachable' })

  second = Promise.resolve()
  expect((await agent.inventory()).unreachable).toEqual([])
  await expect(agent.archive('none.2026-03-10_03-00-00.zip')).rejects.toMatchObject({
    code: 'backup_unknown',
  })
})

test('an archive without .info that another server began is said to be its', async () => {
  const half = await keep(folders[0], 'half', ['.zip'])
  const storage = createDirectoryStorage({ folder: folders[0] })
  await storage.put(`_/instance/${half}/there`, new Uint8Array())
  const seenBy = async (instance: string) => (await operations(instance).loneArchives())[0]?.foreign
  expect(await seenBy('here')).toBe(true)
  expect(await seenBy('there')).toBeUndefined()
})

test('a listing under way is shared with those whom it is new enough for, and with nobody who asks for a new one', async () => {
  const shop = await keep(folders[0], 'shop')
  const clock = { at: new Date('2026-03-10T04:00:00Z') }
  let answer: () => void = () => undefined
  second = new Promise(resolve => {
    answer = resolve
  })
  const agent = operations('here', () => clock.at)
  const before = new Date(clock.at.getTime() - 1)
  const first = agent.inventory()
  expect(agent.inventory({ begunAfter: before })).toBe(first)
  // It may have been begun before what changed in the same moment.
  const later = agent.inventory({ begunAfter: clock.at })
  expect(later).not.toBe(first)
  expect(agent.inventory({ begunAfter: before })).toBe(later)
  const patient = agent.inventory({ begunAfter: before, patient: true })
  expect(patient).not.toBe(later)
  const anew = agent.inventory()
  expect(anew).not.toBe(later)
  answer()
  expect((await anew).backups).toMatchObject([{ name: shop }])
  await Promise.all([first, later, patient])
  const next = agent.inventory({ begunAfter: before })
  expect(next).not.toBe(anew)
  await next
})

test('a place that never answers is asked once, and its answer is taken when it comes', async () => {
  const shop = await keep(folders[0], 'shop')
  const crm = await keep(folders[1], 'crm')
  let comeBack: () => void = () => undefined
  second = new Promise(resolve => {
    comeBack = resolve
  })
  const looks = placeLooks(places, async destination => (await listBackups(destination)).backups)
  const look = () => looks.look({ patienceMs: 60_000, ifLateMs: 60_000 })
  jest.useFakeTimers({ doNotFake: [...EXCEPT_TIMEOUTS] })
  try {
    for (let turn = 0; turn < 3; turn += 1) {
      const looking = look()
      // A place that answers takes its timer away: the one that is left is of the place that does not.
      while (jest.getTimerCount() > 1) await nextTurn()
      jest.advanceTimersByTime(60_000)
      const [here, there] = await looking
      expect(here).toMatchObject({ items: [{ name: shop }] })
      expect(there).toMatchObject({ error: { code: 'storage_unreachable' } })
      expect(looks.isAway(directory(folders[1]))).toBe(true)
    }
  } finally {
    jest.useRealTimers()
  }
  expect(opened.filter(path => path === folders[1])).toHaveLength(1)
  comeBack()
  expect((await look())[1]).toMatchObject({ items: [{ name: crm }] })
  expect(looks.isAway(directory(folders[1]))).toBe(false)
})
