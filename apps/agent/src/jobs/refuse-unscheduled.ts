import { AgentError } from '../errors.ts'
import type { JobDependencies } from './context.ts'
import type { BackupJob, VerifyJob } from './job-data.ts'

/**
 * Ends a job that a schedule made, as cancelled, where no such schedule is on any more: what has the database's name by
 * now may be something else, such as a restored copy, and a backup of it would take the place of a real one of that
 * day in rotation. To be called behind the job's lock: a restore switches schedules off before it lets go of it.
 * @throws AgentError `cancelled`; `configuration_missing` or `configuration_invalid` where nothing says what is on
 */
export async function refuseUnscheduled(
  dependencies: Pick<JobDependencies, 'refresh' | 'database'>,
  { kind, database, scheduled }: BackupJob | VerifyJob,
): Promise<void> {
  if (!scheduled) return
  await dependencies.refresh()
  const { enabled, schedules, drills } = dependencies.database(database)
  const wanted = kind === 'backup' ? schedules : drills
  if (enabled && wanted.size > 0) return
  throw new AgentError(
    'cancelled',
    'The schedule that asked for this is switched off, or gone, since the job was queued. Nothing was done; to do it all the same, start it by hand.',
  )
}
