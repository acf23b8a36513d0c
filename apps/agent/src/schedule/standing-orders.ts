import { createHash } from 'node:crypto'
import { DatabaseName } from '@odoo-backup/protocol'
import type { DatabaseConfiguration } from '../config/database-settings.ts'
import { formatSchedule } from '../config/schedule-text.ts'
import type { JobQueue, StandingOrder } from '../queue/job-queue.ts'
import { nextRunAfter } from './next-run.ts'

/**
 * What the settings want to happen by itself. A schedule's name and text are its identity. The orders of `undecided`
 * databases stay though they are off: put again after a while, they would count from then, and leave out what was due.
 */
export function wantedOrders(
  databases: Iterable<DatabaseConfiguration>,
  undecided: ReadonlySet<string> = new Set(),
): StandingOrder[] {
  return [...databases].flatMap(({ database, enabled, schedules, drills }) => {
    const name = DatabaseName.safeParse(database)
    if (!name.success || !(enabled || undecided.has(database))) return []
    const backups = [...schedules].map(([key, schedule]) => ({
      id: orderId('backup', database, key),
      pattern: formatSchedule(schedule),
      data: { kind: 'backup' as const, database: name.data, scheduled: true },
    }))
    const verifications = [...drills].map(([key, schedule]) => ({
      id: orderId('verify', database, key),
      pattern: formatSchedule(schedule),
      data: { kind: 'verify' as const, database: name.data, scheduled: true, trustCode: false },
    }))
    return [...backups, ...verifications]
  })
}

/** A clock that is set back by less than this makes no run happen twice; set back by more, it loses none for longer. */
const CLOCK_STEP_MS = 3_600_000

/**
 * Makes the queue's standing orders those that are wanted. One that is unchanged is not touched: putting it
 * again would count from now, and a run that was missed while the agent was away would not be made up. The
 * exception is one that waits for a time later than its next run: it ran while the clock was ahead, and the queue,
 * which counts from the run before, would leave out all until then. `now` is the system's clock, as the queue's is.
 */
export async function reconcileOrders(
  queue: JobQueue,
  wanted: readonly StandingOrder[],
  now: Date,
): Promise<void> {
  const present = new Map((await queue.standingOrders()).map(order => [order.id, order]))
  for (const order of wanted) {
    const found = present.get(order.id)
    present.delete(order.id)
    if (found?.pattern !== order.pattern || JSON.stringify(found.data) !== JSON.stringify(order.data)) {
      await queue.putStandingOrder(order)
    } else if (waitsTooLong(found, now)) {
      await queue.removeStandingOrder(order.id)
      await queue.putStandingOrder(order)
    }
  }
  for (const id of present.keys()) await queue.removeStandingOrder(id)
}

function waitsTooLong({ nextAt, pattern }: StandingOrder, now: Date): boolean {
  if (nextAt === undefined) return false
  return nextAt > nextRunAfter(pattern, new Date(now.getTime() + CLOCK_STEP_MS)).getTime()
}

/** Short, and free of whatever a database name may hold. */
function orderId(kind: string, database: string, key: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([kind, database, key]))
    .digest('hex')
  return `${kind}-${hash.slice(0, 24)}`
}
