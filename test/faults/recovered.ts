import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { expect } from '@jest/globals'
import { formatInfoName, parseBackupName } from '@odoo-backup/backup-format'
import { DatabaseName, type Schedule } from '@odoo-backup/protocol'
import type { Storage } from '@odoo-backup/storage'
import type { OpenedAgent } from '../../apps/agent/src/open-agent.ts'
import type { Agent } from '../../apps/agent/src/operations.ts'
import type { StandingOrder } from '../../apps/agent/src/queue/job-queue.ts'
import { wantedOrders } from '../../apps/agent/src/schedule/standing-orders.ts'
import { type AgentInstance, ended } from '../fixtures/agent-instance.ts'
import { openUploads } from '../fixtures/open-uploads.ts'
import { writeBigFilestore } from './big-filestore.ts'
import { goingJobs, until } from './waiting.ts'

/** Due on leap days alone: it is there to be lost, not to run. */
export const leapDays: Schedule = { kind: 'cron', expression: '0 3 29 2 *', timeZone: 'UTC' }

/** A database with a filestore of so many MiB and a schedule, on which a disaster can leave its traces. */
export async function victim(
  instance: AgentInstance,
  agent: Agent,
  mebibytes: number,
): Promise<DatabaseName> {
  const database = DatabaseName.parse(await instance.odoo.createSample())
  await writeBigFilestore(instance.odoo, database, mebibytes)
  await agent.changeDatabaseSettings(database, { schedules: [leapDays] })
  return database
}

/** Where an account's backups are, as the bucket's owner sees them. */
export interface Stored {
  readonly storage: Storage
  /** With its slash. */
  readonly prefix: string
  openUploads(): Promise<string[]>
}

function ownBucket({ storage, prefix }: AgentInstance): Stored {
  return { storage, prefix, openUploads: () => openUploads(prefix) }
}

/**
 * What must hold after every disaster, whatever it was: no job goes on, no half backup and nothing else of one is
 * stored, no upload is open, no database and no folder of files is left that the test did not ask for (hidden ones
 * neither), no temporary file, the standing orders are those of the settings, and the next backup succeeds.
 * `opened` works off jobs; its backups are in the bucket of one's own unless `stored` says otherwise.
 */
export async function expectRecovered(
  instance: AgentInstance,
  { agent, store, queue }: OpenedAgent,
  database: DatabaseName,
  stored: Stored = ownBucket(instance),
): Promise<void> {
  await until(async () => ((await goingJobs(agent)).length === 0 ? true : undefined))
  expect(await strayObjects(stored, agent)).toEqual([])
  expect(await stored.openUploads()).toEqual([])

  const databases = await instance.databases()
  expect(databases.filter(({ hidden }) => hidden)).toEqual([])
  const names = databases.map(({ name }) => name).sort()
  expect(names).toEqual((await instance.odoo.listedByOdoo()).sort())
  const folders = await readdir(join(instance.odoo.dataDir, 'filestore'))
  expect(folders.filter(name => !names.includes(name))).toEqual([])
  expect(await ownFilesIn(instance.temporaryFolder)).toEqual([])

  // The queue lists them in an order of its own.
  const inWords = (orders: readonly StandingOrder[]) =>
    orders.map(({ id, pattern }) => `${id} ${pattern}`).sort()
  const wanted = inWords(wantedOrders((await store.refresh()).databases.values()))
  expect(wanted).not.toEqual([])
  await until(async () => {
    const present = inWords(await (await queue.get()).standingOrders().catch(() => []))
    return isDeepStrictEqual(present, wanted) ? true : undefined
  })

  const next = await ended(agent, await agent.startBackup({ database }))
  const { lines } = await agent.jobLog(next.id)
  expect(lines.map(({ text }) => text).filter(text => text.startsWith('Failed'))).toEqual([])
  expect(next).toMatchObject({ state: 'completed', attempt: 1 })
  expect((await agent.backups()).map(({ name }) => name)).toContain(next.backup)
}

/**
 * What is stored below the account's folder and belongs to no backup that is listed, and what one that is listed
 * lacks of its pair.
 */
export async function strayObjects(
  { storage, prefix }: Pick<Stored, 'storage' | 'prefix'>,
  agent: Agent,
): Promise<string[]> {
  const backups = (await agent.backups()).map(({ name }) => name)
  const whole = backups.flatMap(name => {
    const parsed = parseBackupName(name)
    return parsed === undefined ? [name] : [name, formatInfoName(parsed)]
  })
  const stored: string[] = []
  for await (const { key } of storage.list(prefix)) {
    stored.push(key.slice(prefix.length))
  }
  const isMarker = (key: string) => key.startsWith('_/') && backups.includes(key.split('/')[2] ?? '')
  return [
    ...stored.filter(key => !isMarker(key) && !whole.includes(key)),
    ...whole.filter(name => !stored.includes(name)).map(name => `${name} is missing`),
  ]
}

/** What the agent left in a folder for temporary files, beside the cache of the compiler that runs its source. */
export async function ownFilesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter(name => !name.startsWith('tsx-'))
}
