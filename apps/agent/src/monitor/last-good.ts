import type { BackupView, JobView } from '@odoo-backup/protocol'
import { newestUpTo } from '../overview/standing.ts'
import type { Facts } from './facts.ts'

const CLOCK_STEP_MS = 3_600_000

/**
 * When the newest good backup of a database was begun. The listing of its place is the truth; while that place is
 * away, the latest of what it listed last, what earlier looks noted and what jobs have completed. Dates well after
 * now come from a clock that was wrong.
 */
export function lastGoodOf(
  facts: Pick<Facts, 'isSeen' | 'lastGood' | 'now'>,
  database: string,
  backups: readonly BackupView[],
  jobs: readonly JobView[],
): Date | undefined {
  const { now } = facts
  const listed = newestUpTo(now, backups)
  const times = listed === undefined ? [] : [Date.parse(listed.takenAt)]
  if (!facts.isSeen(database)) {
    times.push(facts.lastGood(database)?.getTime() ?? Number.NaN)
    for (const job of jobs)
      if (job.kind === 'backup' && job.state === 'completed')
        times.push(Date.parse(job.startedAt ?? job.createdAt))
  }
  const past = times.filter(time => time <= now.getTime() + CLOCK_STEP_MS)
  return past.length === 0 ? undefined : new Date(Math.min(Math.max(...past), now.getTime()))
}
