import { pairBackups, parseBackupName, type StoredBackup } from '@odoo-backup/backup-format'
import { type BackupView, DatabaseName } from '@odoo-backup/protocol'
import type { StoredObject } from '@odoo-backup/storage'
import type { Destination } from '../credentials/destination.ts'
import { type Markers, NO_MARKERS, readMarkers } from './markers.ts'

export interface ListedBackup extends StoredBackup<StoredObject> {
  readonly markers: Markers
}

export interface Listing {
  /** Complete pairs, newest first. */
  readonly backups: readonly ListedBackup[]
  readonly loneArchives: readonly StoredObject[]
  readonly loneInfos: readonly StoredObject[]
  readonly markers: ReadonlyMap<string, Markers>
}

/**
 * Lists everything below the destination's folder, to its end, and pairs it. `toLookAt`: thousands of backups are read
 * in several places at once, as somebody waits; what is decided on a listing goes by the plainest one.
 */
export async function listBackups(
  { storage, prefix }: Destination,
  { toLookAt = false } = {},
): Promise<Listing> {
  const objects: StoredObject[] = []
  // Names of archives, and of the marks beside them, go by database up to the first dot.
  const options = toLookAt ? { groupsEndWith: '.' } : {}
  for await (const object of storage.list(prefix, options)) objects.push(object)
  const { backups, loneArchives, loneInfos } = pairBackups(objects, prefix)
  const markers = readMarkers(objects, prefix)
  return {
    backups: backups
      .map(backup => ({ ...backup, markers: markers.get(backup.name) ?? NO_MARKERS }))
      .sort((one, other) => other.takenAt.getTime() - one.takenAt.getTime() || compare(one.name, other.name)),
    loneArchives,
    loneInfos,
    markers,
  }
}

/** A backup as every surface shows it; undefined where its database could not exist in PostgreSQL. */
export function backupView(backup: ListedBackup, instanceId: string): BackupView | undefined {
  const database = DatabaseName.safeParse(backup.database)
  if (!database.success) return undefined
  const { pinned, verification } = backup.markers
  return {
    name: backup.name,
    database: database.data,
    takenAt: backup.takenAt.toISOString(),
    sizeBytes: backup.archive.sizeBytes,
    encrypted: backup.encrypted,
    format: backup.format,
    ...(pinned ? { pinned } : {}),
    ...ownership(backup.markers, instanceId),
    ...(verification === undefined
      ? {}
      : { verification: { passed: verification.passed, at: verification.at.toISOString() } }),
  }
}

function ownership({ owners }: Markers, instanceId: string): Pick<BackupView, 'foreign' | 'unclaimed'> {
  // What nobody claims was made by the former module, as a rule here.
  if (owners.length === 0) return { unclaimed: true }
  return owners.includes(instanceId) ? {} : { foreign: true }
}

/** An archive without `.info`, as the list of halves shows it. */
export function loneView(
  object: StoredObject,
  prefix: string,
  markers: Listing['markers'],
  instanceId: string,
): BackupView | undefined {
  const file = object.key.slice(prefix.length)
  const name = parseBackupName(file)
  const database = DatabaseName.safeParse(name?.database)
  if (name?.kind !== 'archive' || !database.success) return undefined
  const known = markers.get(file) ?? NO_MARKERS
  return {
    name: file,
    database: database.data,
    takenAt: name.takenAt.toISOString(),
    sizeBytes: object.sizeBytes,
    encrypted: name.encrypted,
    format: name.format,
    lone: true,
    ...(known.pinned ? { pinned: true } : {}),
    ...ownership(known, instanceId),
  }
}

/** By code units, for sorting names and ISO times. */
export function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
