import { formatInfoName, parseBackupName } from '@odoo-backup/backup-format'
import type { Destination } from '../credentials/destination.ts'
import { AgentError } from '../errors.ts'
import type { JobDependencies, JobRun } from './context.ts'
import { atPlaceHolding } from './find-place.ts'
import type { DeleteJob, JobOutcome } from './job-data.ts'
import { type Markers, markerKey, NO_MARKERS, ownerKey, withdrawalKey } from './markers.ts'
import { unknownBackup } from './open-archive.ts'
import { listBackups } from './stored-backups.ts'

/** Deletes one backup, or one lone archive, for good. A pinned one is refused. */
export async function runDelete(dependencies: JobDependencies, run: JobRun<DeleteJob>): Promise<JobOutcome> {
  const { backup } = run.data
  const { openDestination } = await atPlaceHolding(dependencies, 'rotate', backup)
  const destination = await openDestination('rotate')
  try {
    const { backups, loneArchives, markers } = await listBackups(destination)
    const stored =
      backups.some(({ name }) => name === backup) ||
      loneArchives.some(({ key }) => key === destination.prefix + backup)
    const known = markers.get(backup)
    if (!stored && known === undefined) throw unknownBackup(backup)
    if (known?.pinned) {
      throw new AgentError('backup_pinned', `${backup} is pinned. Unpin it first if it is to go.`)
    }
    await deleteBackup(destination, backup, known ?? NO_MARKERS)
    run.log(`${backup} and its description were deleted.`)
    return { backup, warnings: [] }
  } finally {
    destination.close()
  }
}

/** `.info` first: from then on the backup is none, whatever happens before the rest has gone. */
export async function deleteBackup(
  { storage, prefix }: Destination,
  archive: string,
  { owners, withdrawn }: Pick<Markers, 'owners' | 'withdrawn'>,
): Promise<void> {
  const name = parseBackupName(archive)
  if (name === undefined) throw unknownBackup(archive)
  await storage.delete([prefix + formatInfoName(name)])
  await storage.delete([prefix + archive])
  await storage.delete([
    markerKey(prefix, 'pin', archive),
    markerKey(prefix, 'verified', archive),
    markerKey(prefix, 'failed', archive),
    ...[...owners, ...withdrawn].map(instance => ownerKey(prefix, instance, archive)),
    ...withdrawn.map(instance => withdrawalKey(prefix, instance, archive)),
  ])
}
