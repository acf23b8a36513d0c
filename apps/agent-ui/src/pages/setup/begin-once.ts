import type { JobView } from '@odoo-backup/protocol'
import { ApiError } from '../../api/client.ts'
import { isFinished } from '../../api/job-events.ts'

/** Jobs that do the same for the same, such as backups of one database. */
export interface SuchJobs {
  start(): Promise<JobView>
  /** Newest first. */
  list(): Promise<readonly JobView[]>
}

/**
 * Begins the first job for each `subject`, and no second one where the answer to the first was lost: then, and whenever
 * it is to be begun, the agent is asked which such jobs there are. One that has not ended is followed instead, whoever
 * began it, and so is one that did well and was not there when its subject came up.
 * @throws ApiError where nothing was begun, or (`outcome_unknown`) nobody can tell
 */
export function beginningOnce(): (subject: string, jobs: SuchJobs) => Promise<JobView> {
  const former = new Map<string, ReadonlySet<string>>()
  return async (subject, { start, list }) => {
    const find = async () => {
      const found = await list()
      const before = former.get(subject) ?? new Set(found.map(({ id }) => id))
      former.set(subject, before)
      return found.find(job => !isFinished(job) || (job.state === 'completed' && !before.has(job.id)))
    }
    const begun = await find()
    if (begun !== undefined) return begun
    try {
      return await start()
    } catch (error) {
      const isUnknown = error instanceof ApiError && error.code === 'outcome_unknown'
      const job = isUnknown ? await find().catch(() => undefined) : undefined
      if (job === undefined) throw error
      return job
    }
  }
}
