import type { Schedule } from '@odoo-backup/protocol'
import { nextRunAfter } from './next-run.ts'

/** How late a run may be before anybody is told: it waits for others, and takes its time itself. */
export const GRACE_MS = 3_600_000

/**
 * Whether a run should have ended by now and did not: the first time that any of the schedules was due after
 * `last` (or, where there was none yet, since `since`) lies more than the grace back.
 */
export function isOverdue(
  schedules: readonly Schedule[],
  { last, since, now }: { readonly last: Date | undefined; readonly since: Date; readonly now: Date },
): boolean {
  return schedules.some(
    schedule => nextRunAfter(schedule, last ?? since).getTime() + GRACE_MS < now.getTime(),
  )
}
