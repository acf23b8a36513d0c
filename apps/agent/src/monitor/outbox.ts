import type { Log } from '@odoo-backup/service'
import { channelsOf, type DeliverySettings, deliver } from './deliver.ts'
import type { Channel, Told } from './memory.ts'
import { createRetries } from './retries.ts'

/** No later message is begun in one look, so that a slow way delays what is found out next by little. */
const ONE_LOOK_MS = 45_000

export interface Outbox {
  /** Sends what waits, each way beside the others; what was not taken waits on. Never rejects. */
  send(notices: readonly Told[], settings: DeliverySettings): Promise<Told[]>
}

/** Where notices wait for a way that refuses or is away: tried again after ever longer pauses, told once in the log. */
export function createOutbox(log: Log, clock: () => number): Outbox {
  const retries = createRetries(clock)
  /** Per way the message that it did not take: the others go before it, so that it alone waits if it is the reason. */
  const stuck = new Map<Channel, string>()

  async function sendBy(channel: Channel, waiting: readonly Told[], settings: DeliverySettings) {
    const taken = new Set<string>()
    const address = addressOf(channel, settings)
    if (!retries.isDue(channel, address)) return taken
    const begun = performance.now()
    for (const notice of lastOf(waiting, stuck.get(channel))) {
      if (performance.now() - begun > ONE_LOOK_MS) return taken
      try {
        await deliver(channel, settings, notice)
      } catch (error) {
        retries.failed(channel, address)
        if (!stuck.has(channel))
          log.warn({ err: error, channel, notice: notice.id }, 'a notice was not taken; it is tried again')
        stuck.set(channel, notice.id)
        return taken
      }
      retries.worked(channel)
      taken.add(notice.id)
    }
    if (taken.size > 0 && stuck.delete(channel)) log.info({ channel }, 'notices are taken again')
    return taken
  }

  return {
    async send(notices, settings) {
      const open = channelsOf(settings)
      const sent = new Map(
        await Promise.all(
          open.map(async channel => {
            const waiting = notices.filter(notice => notice.waiting.includes(channel))
            return [channel, await sendBy(channel, waiting, settings)] as const
          }),
        ),
      )
      return notices.map(notice => ({
        ...notice,
        waiting: notice.waiting.filter(channel => sent.get(channel)?.has(notice.id) === false),
      }))
    },
  }
}

function lastOf(notices: readonly Told[], id: string | undefined): Told[] {
  return [...notices.filter(notice => notice.id !== id), ...notices.filter(notice => notice.id === id)]
}

function addressOf(channel: Channel, { notices, secrets }: DeliverySettings): string {
  const { smtpUser, smtpPassword, webhook } = secrets
  return JSON.stringify(channel === 'mail' ? [notices, smtpUser, smtpPassword] : [notices, webhook])
}
