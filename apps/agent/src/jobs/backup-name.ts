import { createHash } from 'node:crypto'
import { formatArchiveName, formatInfoName, parseBackupName } from '@odoo-backup/backup-format'
import type { PlaceMark } from '../config/place.ts'
import type { Destination } from '../credentials/destination.ts'
import type { StartedArchive } from './job-data.ts'
import { ownerKey, ownersPrefix } from './markers.ts'

export interface BackupNames {
  readonly takenAt: Date
  readonly archive: string
  readonly info: string
}

export interface WantedName {
  readonly database: string
  readonly format: 'zip' | 'dump'
  readonly encrypted: boolean
}

/** Two instances that meet again and again part by steps of different length. */
const LONGEST_STEP_SECONDS = 7

/**
 * Reserves a name that nothing in the folder has and no other instance means to use: the present second, or a
 * later one. Two instances of one account whose databases have the same name may be due in the same second, and
 * a store does not keep the second of two uploads from replacing the first. So each says first that the name is
 * its own, then looks whether another has said so too; whoever sees that moves on.
 */
export async function reserveNames(
  destination: Destination,
  wanted: WantedName,
  options: {
    readonly now: Date
    readonly instanceId: string
    readonly place?: PlaceMark
    /** Writes durably what is about to be reserved. */
    readonly note: (started: StartedArchive) => Promise<void>
    readonly release: (started: StartedArchive) => Promise<void>
    readonly signal: AbortSignal
  },
): Promise<{ names: BackupNames; started: StartedArchive }> {
  const { storage, prefix } = destination
  const { place } = options
  const taken = await takenTimes(destination, wanted.database)
  let at = Math.floor(options.now.getTime() / 1000) * 1000
  for (let turn = 0; ; turn++) {
    options.signal.throwIfAborted()
    while (taken.has(at)) at += 1000
    const names = namesAt(wanted, new Date(at))
    const started = {
      prefix,
      archive: names.archive,
      info: names.info,
      ...(place === undefined ? {} : { place }),
    }
    await options.note(started)
    await storage.put(ownerKey(prefix, options.instanceId, names.archive), new Uint8Array(), {
      signal: options.signal,
    })
    if (await isOursAlone(destination, wanted, names, options.instanceId)) return { names, started }
    await options.release(started)
    taken.add(at)
    at += stepSeconds(options.instanceId, turn) * 1000
  }
}

function namesAt(wanted: WantedName, takenAt: Date): BackupNames {
  return {
    takenAt,
    archive: formatArchiveName({ ...wanted, takenAt }),
    info: formatInfoName({ database: wanted.database, takenAt }),
  }
}

/** The archive's format and encryption do not matter: one `.info` belongs to one second of a database. */
async function isOursAlone(
  { storage, prefix }: Destination,
  { database }: WantedName,
  { takenAt }: BackupNames,
  instanceId: string,
): Promise<boolean> {
  for (const format of ['zip', 'dump'] as const) {
    for (const encrypted of [false, true]) {
      const archive = formatArchiveName({ database, takenAt, format, encrypted })
      for await (const { key } of storage.list(ownersPrefix(prefix, archive))) {
        if (!key.endsWith(`/${instanceId}`)) return false
      }
    }
  }
  return true
}

async function takenTimes({ storage, prefix }: Destination, database: string): Promise<Set<number>> {
  const taken = new Set<number>()
  for await (const { key } of storage.list(`${prefix}${database}.`)) {
    const name = parseBackupName(key.slice(prefix.length))
    if (name?.database === database) taken.add(name.takenAt.getTime())
  }
  return taken
}

function stepSeconds(instanceId: string, turn: number): number {
  const hash = createHash('sha256').update(`${instanceId} ${turn}`).digest()
  return 1 + (hash.readUInt32BE(0) % LONGEST_STEP_SECONDS)
}
