import { setTimeout as delay } from 'node:timers/promises'

/** Longer than any page of a busy machine takes; also how long a page is waited for. */
export const PATIENCE_MS = 60_000

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
