import type { Log } from '@odoo-backup/service'
import { messageOf } from '../system-error.ts'
import type { DuePing } from './pings.ts'
import { createRetries } from './retries.ts'
import { sendHttp } from './send-http.ts'
import { type Attempt, wayOfPing } from './undelivered.ts'

/** One slow receiver holds up none of the others; a thousand databases do not open a thousand connections. */
const AT_ONCE = 8

/** Calls the addresses whose time to be tried has come. Never rejects. */
export type SendPings = (
  due: readonly DuePing[],
  allowPrivateAddresses: boolean,
) => Promise<{ readonly taken: readonly DuePing[]; readonly attempts: readonly Attempt[] }>

/** Pings side by side; one that was not taken is tried again after ever longer pauses, and told once in the log. */
export function createPingSender(log: Log, clock: () => number): SendPings {
  const retries = createRetries(clock)
  const failing = new Set<string>()

  async function call({ database, url }: DuePing, allowPrivateAddresses: boolean): Promise<Attempt> {
    const way = wayOfPing(database)
    try {
      await sendHttp({ url, allowPrivateAddresses })
    } catch (error) {
      retries.failed(database, url)
      if (!failing.has(database))
        log.warn({ err: error, database }, 'a ping was not taken; it is tried again')
      failing.add(database)
      return { way, failure: messageOf(error) }
    }
    retries.worked(database)
    if (failing.delete(database)) log.info({ database }, 'pings are taken again')
    return { way }
  }

  return async (due, allowPrivateAddresses) => {
    const waiting = due.filter(({ database, url }) => retries.isDue(database, url))
    const taken: DuePing[] = []
    const attempts: Attempt[] = []
    const work = async () => {
      for (let ping = waiting.shift(); ping !== undefined; ping = waiting.shift()) {
        const attempt = await call(ping, allowPrivateAddresses)
        attempts.push(attempt)
        if (attempt.failure === undefined) taken.push(ping)
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    return { taken, attempts }
  }
}
