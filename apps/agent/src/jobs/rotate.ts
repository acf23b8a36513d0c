import { parseBackupName } from '@odoo-backup/backup-format'
import type { WarningText } from '@odoo-backup/protocol'
import { FRAMES, type GoReason, type KeepReason, planRetention } from '@odoo-backup/retention'
import { DeletionIncompleteError, StorageError } from '@odoo-backup/storage'
import type { DatabaseConfiguration } from '../config/database-settings.ts'
import type { Destination } from '../credentials/destination.ts'
import { AgentError } from '../errors.ts'
import { whyItGoes } from '../wording/retention-reason.ts'
import type { JobDependencies, JobRun } from './context.ts'
import { deleteBackup } from './delete.ts'
import { atPlaceOf } from './find-place.ts'
import type { JobOutcome, RotateJob } from './job-data.ts'
import { markerKey, NO_MARKERS } from './markers.ts'
import { type ListedBackup, type Listing, listBackups } from './stored-backups.ts'

/** An archive without `.info` may be under way; after so long it is what a dead run left. */
const LONE_ARCHIVE_MS = 2 * 86_400_000

/**
 * A backup whose second is taken is named after a later one, so that the newest may be dated a little ahead: it is none
 * of a future that no rule counts.
 */
const NAMED_AHEAD_MS = 60_000

/** Told once by a notice; a refusal is the account's wish, no failure of the night. */
const REFUSED: WarningText = { code: 'rotation_refused' }

/** Told as long as it is so. */
const FORMER_STAY: WarningText = { code: 'former_backups_stay' }

/** What rotation of one database would do now. */
export interface RetentionDecision {
  readonly kept: readonly { readonly backup: ListedBackup; readonly reasons: readonly KeepReason[] }[]
  readonly rotated: readonly { readonly backup: ListedBackup; readonly reasons: readonly GoReason[] }[]
}

/** Decides about this instance's complete backups of one database; all others count for nothing. */
export function decideRetention(
  listing: Listing,
  database: string,
  instanceId: string,
  retention: DatabaseConfiguration['retention'],
  { now, inUse }: { readonly now: Date; readonly inUse: ReadonlySet<string> },
): RetentionDecision {
  const own = new Map(
    listing.backups
      .filter(backup => backup.database === database && isOnlyOurs(backup.markers.owners, instanceId))
      .map(backup => [backup.name, backup]),
  )
  const plan = planRetention({
    backups: [...own.values()].map(({ name, takenAt, markers }) => ({
      id: name,
      takenAt,
      pinned: markers.pinned,
      inUse: inUse.has(name),
      ...(markers.verification === undefined
        ? {}
        : { drill: markers.verification.passed ? ('passed' as const) : ('failed' as const) }),
    })),
    settings: retention,
    now: new Date(now.getTime() + NAMED_AHEAD_MS),
  })
  const backupOf = (id: string): ListedBackup[] => {
    const backup = own.get(id)
    return backup === undefined ? [] : [backup]
  }
  return {
    kept: plan.kept.flatMap(({ id, reasons }) => backupOf(id).map(backup => ({ backup, reasons }))),
    rotated: plan.rotated.flatMap(({ id, reasons }) => backupOf(id).map(backup => ({ backup, reasons }))),
  }
}

/** Deletes what retention no longer keeps, from a fresh and complete listing, the oldest first. */
export async function runRotate(given: JobDependencies, run: JobRun<RotateJob>): Promise<JobOutcome> {
  const { database } = run.data
  const dependencies = atPlaceOf(given, database)
  await dependencies.keepIdentity()
  const { retention } = dependencies.database(database)
  // Where everything is kept, only what dead runs left would go: nobody misses the right to do so.
  const isWanted = FRAMES.some(frame => retention[frame] !== 'off')
  const refused = { warnings: isWanted ? [REFUSED] : [] }
  const destination = await openForRotation(dependencies)
  if (destination === undefined) return refused
  try {
    run.progress({ phase: 'rotate', doneBytes: 0 })
    const listing = await listBackups(destination)
    const { rotated } = decideRetention(listing, database, dependencies.instanceId(), retention, {
      now: dependencies.now(),
      inUse: await dependencies.backupsInUse(),
    })
    const oldestFirst = [...rotated].sort(
      (one, other) => one.backup.takenAt.getTime() - other.backup.takenAt.getTime(),
    )
    run.log(`${rotated.length === 0 ? 'Nothing' : rotated.length} of the backups of ${database} is to go.`)
    for (const { backup, reasons } of oldestFirst) {
      run.signal.throwIfAborted()
      if (await isPinnedMeanwhile(destination, backup)) continue
      if ((await dependencies.backupsInUse()).has(backup.name)) continue
      await deleteBackup(destination, backup.name, backup.markers)
      run.log(`${backup.name} was deleted: ${whyItGoes(reasons)}.`)
    }
    await removeLoneArchives(dependencies, destination, listing, database)
    const { former_instance_ids: former } = dependencies.settings()
    const stay = listing.backups.some(backup => backup.database === database && isOfFormer(backup, former))
    return { warnings: isWanted && stay ? [FORMER_STAY] : [] }
  } catch (error) {
    if (isRightMissing(error)) return refused
    throw error
  } finally {
    destination.close()
  }
}

async function openForRotation(dependencies: JobDependencies): Promise<Destination | undefined> {
  try {
    return await dependencies.openDestination('rotate')
  } catch (error) {
    if (error instanceof AgentError && error.code === 'purpose_refused') return undefined
    throw error
  }
}

/** Many deletions take minutes, in which somebody may have wished to keep one of them, or begun to restore it. */
async function isPinnedMeanwhile({ storage, prefix }: Destination, backup: ListedBackup): Promise<boolean> {
  const pin = markerKey(prefix, 'pin', backup.name)
  for await (const { key } of storage.list(pin)) if (key === pin) return true
  return false
}

/** Keys of one's own may lack the right to delete, as an account's credentials may: a wish, not a failure. */
function isRightMissing(error: unknown): boolean {
  return (
    error instanceof DeletionIncompleteError &&
    error.cause instanceof StorageError &&
    error.cause.code === 'access_refused'
  )
}

async function removeLoneArchives(
  dependencies: JobDependencies,
  destination: Destination,
  { loneArchives, markers }: Listing,
  database: string,
): Promise<void> {
  const before = dependencies.now().getTime() - LONE_ARCHIVE_MS
  for (const { key, modifiedAt } of loneArchives) {
    const archive = key.slice(destination.prefix.length)
    const known = markers.get(archive) ?? NO_MARKERS
    const due =
      parseBackupName(archive)?.database === database &&
      modifiedAt.getTime() < before &&
      isOnlyOurs(known.owners, dependencies.instanceId())
    if (due) await deleteBackup(destination, archive, known)
  }
}

function isOnlyOurs(owners: readonly string[], instanceId: string): boolean {
  return owners.length > 0 && owners.every(owner => owner === instanceId)
}

/** Whether a backup was made under an id that this configuration had elsewhere, and is nobody else's. */
export function isOfFormer({ markers }: ListedBackup, former: readonly string[]): boolean {
  return markers.owners.length > 0 && markers.owners.every(owner => former.includes(owner))
}
