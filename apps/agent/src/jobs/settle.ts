import { removeScratch, resumeRestore, withDatabaseLock } from '@odoo-backup/odoo'
import type { JobDependencies } from './context.ts'
import { atPlaceOf } from './find-place.ts'
import { type BackupJob, type JobData, type JobOutcome, RestoreJob } from './job-data.ts'
import { removeLeftovers } from './leftovers.ts'
import { removeTemporary } from './open-archive.ts'
import { finishRestore } from './restore-outcome.ts'

export interface SettleOptions {
  /** Reads the job's data anew, behind a lock that had to be waited for. */
  readonly current: () => Promise<JobData>
  /** Ends the wait for that lock. */
  readonly signal: AbortSignal
}

/**
 * Clears up behind a job that gets no further run: what a run left that died (its open upload, its half archive,
 * its hidden database, an old database that it had closed) has nobody else who knows of it. Gives the outcome
 * where the work turns out to be whole: then the job has not failed, whatever happened after that.
 */
export async function settle(
  dependencies: JobDependencies,
  data: JobData,
  options: SettleOptions,
): Promise<JobOutcome | undefined> {
  switch (data.kind) {
    case 'backup':
      return settleBackup(dependencies, data)
    case 'restore':
      return settleRestore(dependencies, data, options)
    case 'verify': {
      await removeTemporary(data.temporaryFile)
      if (data.scratch !== undefined)
        await removeScratch(await dependencies.cluster(), { database: data.scratch })
      return undefined
    }
    case 'rotate':
    case 'delete':
      return undefined
  }
}

async function settleBackup(
  given: JobDependencies,
  { database, started }: BackupJob,
): Promise<JobOutcome | undefined> {
  if (started === undefined) return undefined
  const dependencies = atPlaceOf(given, database)
  const destination = await dependencies.openDestination('backup')
  try {
    const options = { ...dependencies, instanceId: dependencies.instanceId() }
    const left = await removeLeftovers(destination, started, options)
    return left === 'complete' ? { backup: started.archive, warnings: [] } : undefined
  } finally {
    destination.close()
  }
}

async function settleRestore(
  dependencies: JobDependencies,
  data: RestoreJob,
  { current, signal }: SettleOptions,
): Promise<JobOutcome | undefined> {
  await removeTemporary(data.temporaryFile)
  if (data.journal === undefined) return undefined
  const cluster = await dependencies.cluster()
  return withDatabaseLock(
    cluster,
    data.database,
    async () => {
      const now = RestoreJob.parse(await current())
      if (now.journal === undefined || (await resumeRestore(cluster, now.journal)) === 'undone')
        return undefined
      return finishRestore(dependencies, now)
    },
    { signal },
  )
}
