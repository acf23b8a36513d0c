import type { Log } from '@odoo-backup/service'
import type { DuePing } from './pings.ts'
import { createRetries } from './retries.ts'
import { sendHttp } from './send-http.ts'

/** One slow receiver holds up none of the others; a thousand databases do not open a thousand connections. */
const AT_ONCE = 8

/** Calls the addresses whose time to be tried has come, and resolves with the pings that were taken. Never rejects. */
export type SendPings = (due: readonly DuePing[], allowPrivateAddresses: boolean) => Promise<DuePing[]>

/** Pings side by side; one that was not taken is tried again after ever longer pauses, and told once in the log. */
export function createPingSender(log: Log, clock: () => number): SendPings {
  const retries = createRetries(clock)
  const failing = new Set<string>()

  async function isTaken({ database, url }: DuePing, allowPrivateAddresses: boolean): Promise<boolean> {
    try {
      await sendHttp({ url, allowPrivateAddresses })
    } catch (error) {
      retries.failed(database, url)
      if (!failing.has(database))
        log.warn({ err: error, database }, 'a ping was not taken; it is tried again')
      failing.add(database)
      return false
    }
    retries.worked(database)
    if (failing.delete(database)) log.info({ database }, 'pings are taken again')
    return true
  }

  return async (due, allowPrivateAddresses) => {
    const waiting = due.filter(({ database, url }) => retries.isDue(database, url))
    const taken: DuePing[] = []
    const work = async () => {
      for (let ping = waiting.shift(); ping !== undefined; ping = waiting.shift())
        if (await isTaken(ping, allowPrivateAddresses)) taken.push(ping)
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    return taken
  }
}
