import { setTimeout as delay } from 'node:timers/promises'

/** Longer than any page of a busy machine takes; also how long a page is waited for. */
export const PATIENCE_MS = 60_000

/** Longer than any job of a busy machine takes; less than its test may last, so that the wait is what is told. */
export const JOB_PATIENCE_MS = 240_000

/** Looks again and again until what is expected of a page holds; what did not hold is thrown when time is up. */
export async function eventually(holds: () => Promise<void>): Promise<void> {
  const end = performance.now() + PATIENCE_MS
  for (;;) {
    try {
      await holds()
      return
    } catch (error) {
      if (performance.now() > end) throw error
    }
    await delay(50)
  }
}
