import { readdirSync } from 'node:fs'
import { getPriority, setPriority } from 'node:os'

const THREADS = '/proc/self/task'

/**
 * Makes this process yield to others, Odoo above all: every thread of it, since Linux gives each its own
 * (sched(7)), and most of the work is done by the threads that compress. Programs and threads that are started
 * later inherit it. Without special rights nobody may raise it again, so it is only ever lowered.
 * @param niceness 0 (as others) to 19 (whatever others leave)
 */
export function yieldToOthers(niceness: number): void {
  for (const thread of threads()) {
    try {
      if (getPriority(thread) < niceness) setPriority(thread, niceness)
    } catch {
      // The thread has ended meanwhile, or the system has no priorities: a limit that cannot be set is no failure.
    }
  }
}

function threads(): number[] {
  try {
    return readdirSync(THREADS).map(Number)
  } catch {
    return [process.pid]
  }
}
