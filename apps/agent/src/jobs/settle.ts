import { removeScratch, resumeRestore, withDatabaseLock } from '@odoo-backup/odoo'
import { isMarkOf, nameOf, type Place, placeOfMark } from '../config/place.ts'
import { privateBucket } from '../config/settings.ts'
import type { JobDependencies } from './context.ts'
import { asAgentError } from './failure.ts'
import { atPlace } from './find-place.ts'
import {
  type BackupJob,
  type JobData,
  type JobOutcome,
  type RestoreJob,
  type StartedArchive,
  wholeBackup,
} from './job-data.ts'
import { type Leftovers, removeLeftovers } from './leftovers.ts'
import { removeTemporary } from './open-archive.ts'
import { finishRestore, undoOutcome } from './restore-outcome.ts'

export interface SettleOptions {
  /** Reads the job's data anew, behind a lock that had to be waited for. */
  readonly current: () => Promise<JobData>
  /** Ends the wait for that lock. */
  readonly signal: AbortSignal
}

/** The lock under which every run of the job works. */
export function lockNameOf({ kind, database }: JobData): string {
  // The scratch database is nobody else's: only drills of one database wait for each other.
  return kind === 'verify' ? `drill of ${database}` : database
}

/**
 * Clears up behind a job that gets no further run: what a run left that died (its open upload, its half archive,
 * its hidden database, an old database that it had closed) has nobody else who knows of it. Gives the outcome
 * where the work turns out to be whole: then the job has not failed, whatever happened after that.
 */
export async function settle(
  dependencies: JobDependencies,
  data: JobData,
  { current, signal }: SettleOptions,
): Promise<JobOutcome | undefined> {
  if (data.kind !== 'restore' || data.journal === undefined) return settleLocked(dependencies, data)
  return withDatabaseLock(
    await dependencies.cluster(),
    lockNameOf(data),
    async () => settleLocked(dependencies, await current()),
    { signal },
  )
}

/** As `settle`, for whoever holds the lock, or knows that no run can be alive. */
export async function settleLocked(
  dependencies: JobDependencies,
  data: JobData,
): Promise<JobOutcome | undefined> {
  switch (data.kind) {
    case 'backup':
      return settleBackup(dependencies, data)
    case 'restore':
      return settleRestore(dependencies, data)
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
  { database, started, elsewhere = [], found }: BackupJob,
): Promise<JobOutcome | undefined> {
  // Faulty settings do not say where it began.
  if (started !== undefined || elsewhere.length > 0) given.database(database)
  const [present] = given.places(database)
  const left = await Promise.all(
    (started === undefined ? elsewhere : [...elsewhere, started]).map(archive =>
      settleArchive(given, archive, present),
    ),
  )
  return started !== undefined && left.at(-1) === 'complete' ? wholeBackup(started, { found }) : undefined
}

/** What lies in a former place that opens no more, for want of keys or rights, can only be told. */
async function settleArchive(
  given: JobDependencies,
  started: StartedArchive,
  present: Place,
): Promise<Leftovers | undefined> {
  const mark = started.place
  if (mark === undefined || isMarkOf(mark, present)) return removeAt(given, started, present)
  try {
    const own = privateBucket(given.settings())
    const known =
      own === undefined ? given.places() : [...given.places(), { kind: 'own' as const, bucket: own }]
    const place = placeOfMark(mark, known)
    if (place !== undefined) return await removeAt(given, started, place)
  } catch (error) {
    if (asAgentError(error).retryable) throw error
  }
  given.warn(
    `What a backup began may stay in ${nameOf(mark)}, which the settings no longer open: ${started.prefix}${started.archive}, or an unfinished upload of it.`,
  )
  return undefined
}

async function removeAt(given: JobDependencies, started: StartedArchive, place: Place): Promise<Leftovers> {
  const dependencies = atPlace(given, place)
  const destination = await dependencies.openDestination('backup')
  try {
    const options = { ...dependencies, instanceId: dependencies.instanceId() }
    return await removeLeftovers(destination, started, options)
  } finally {
    destination.close()
  }
}

async function settleRestore(
  dependencies: JobDependencies,
  data: RestoreJob,
): Promise<JobOutcome | undefined> {
  await removeTemporary(data.temporaryFile)
  if (data.journal === undefined) return undefined
  const ended = await resumeRestore(await dependencies.cluster(), data.journal)
  if (ended === 'finished') return finishRestore(dependencies, data)
  await undoOutcome(dependencies, data)
  return undefined
}
