import { resumeRestore } from '@odoo-backup/odoo'
import { AgentError } from '../errors.ts'
import type { JobDependencies } from './context.ts'
import type { BackupJob, VerifyJob } from './job-data.ts'
import { undecidedRestores } from './undecided-restores.ts'

type Dependencies = Pick<JobDependencies, 'refresh' | 'database' | 'journal' | 'cluster'>

/**
 * Ends a job that a schedule made, as cancelled, where no such schedule is on any more: what has the database's name by
 * now may be something else, such as a restored copy, and a backup of it would take the place of a real one of that
 * day in rotation. To be called behind the job's lock: a restore switches schedules off before it lets go of it. What a
 * restore that was cut off has switched off counts only where its database did become public.
 * @throws AgentError `cancelled`; `configuration_missing` or `configuration_invalid` where nothing says what is on
 */
export async function refuseUnscheduled(
  dependencies: Dependencies,
  job: BackupJob | VerifyJob,
): Promise<void> {
  const { kind, database, scheduled } = job
  if (!scheduled) return
  await dependencies.refresh()
  const { enabled, schedules, drills } = dependencies.database(database)
  const wanted = kind === 'backup' ? schedules : drills
  if (wanted.size > 0 && (enabled || (await isSwitchUndone(dependencies, job)))) return
  throw new AgentError(
    'cancelled',
    'The schedule that asked for this is switched off, or gone, since the job was queued. Nothing was done; to do it all the same, start it by hand.',
  )
}

/** Whether schedules are off for a restore alone that came to nothing, and whose next run puts them back. */
async function isSwitchUndone(
  { journal, cluster }: Dependencies,
  { kind, database }: BackupJob | VerifyJob,
): Promise<boolean> {
  const restore = (await undecidedRestores(journal)).find(found => found.database === database)
  if (restore?.journal === undefined) return false
  // A drill tries a stored backup, whatever has the name, and has not the lock under which a restore may be undone.
  if (kind === 'verify') return true
  return (await resumeRestore(await cluster(), restore.journal)) === 'undone'
}
