import { setTimeout as delay } from 'node:timers/promises'

/** Asks again and again until the answer is there; the test's own time limit ends it otherwise. */
export async function until<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    await delay(50)
  }
}
