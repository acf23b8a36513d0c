import type { Log } from '@odoo-backup/service'
import { channelsOf, type DeliverySettings, deliver } from './deliver.ts'
import type { Channel, Told } from './memory.ts'
import { createRetries } from './retries.ts'

/** No later message is begun in one look, so that a slow way delays what is found out next by little. */
const ONE_LOOK_MS = 45_000

export interface Outbox {
  /** Sends what waits, each way beside the others; what was not taken waits on. Never rejects. */
  send(notices: readonly Told[], settings: DeliverySettings, keeper: Keeper): Promise<Told[]>
}

/** Whoever keeps what was told, so that no other process tells it again. */
export interface Keeper {
  /** Asked before each message. */
  mayTell(): Promise<boolean>
  /** Called after each message that was taken, with what waits now. Never rejects. */
  note(notices: readonly Told[]): Promise<void>
}

/** Where notices wait for a way that refuses or is away: tried again after ever longer pauses, told once in the log. */
export function createOutbox(log: Log, clock: () => number): Outbox {
  const retries = createRetries(clock)
  /** Per way the message that it did not take: the others go before it, so that it alone waits if it is the reason. */
  const stuck = new Map<Channel, string>()

  async function sendBy(
    channel: Channel,
    waiting: readonly Told[],
    settings: DeliverySettings,
    { mayTell, took }: { mayTell: () => Promise<boolean>; took: (id: string) => Promise<void> },
  ): Promise<void> {
    const taken = new Set<string>()
    const address = addressOf(channel, settings)
    if (!retries.isDue(channel, address)) return
    const begun = performance.now()
    for (const notice of lastOf(waiting, stuck.get(channel))) {
      if (performance.now() - begun > ONE_LOOK_MS || !(await mayTell())) return
      try {
        await deliver(channel, settings, notice)
      } catch (error) {
        retries.failed(channel, address)
        if (!stuck.has(channel))
          log.warn({ err: error, channel, notice: notice.id }, 'a notice was not taken; it is tried again')
        stuck.set(channel, notice.id)
        return
      }
      retries.worked(channel)
      taken.add(notice.id)
      await took(notice.id)
    }
    if (taken.size > 0 && stuck.delete(channel)) log.info({ channel }, 'notices are taken again')
  }

  return {
    async send(notices, settings, { mayTell, note }) {
      const open = channelsOf(settings)
      let left = notices.map(notice => ({
        ...notice,
        waiting: notice.waiting.filter(channel => open.includes(channel)),
      }))
      const tookBy = (channel: Channel) => async (id: string) => {
        left = left.map(notice => (notice.id === id ? without(notice, channel) : notice))
        await note(left)
      }
      await Promise.all(
        open.map(channel => {
          const waiting = left.filter(notice => notice.waiting.includes(channel))
          return sendBy(channel, waiting, settings, { mayTell, took: tookBy(channel) })
        }),
      )
      return left
    },
  }
}

function without(notice: Told, channel: Channel): Told {
  return { ...notice, waiting: notice.waiting.filter(way => way !== channel) }
}

function lastOf(notices: readonly Told[], id: string | undefined): Told[] {
  return [...notices.filter(notice => notice.id !== id), ...notices.filter(notice => notice.id === id)]
}

function addressOf(channel: Channel, { notices, secrets }: DeliverySettings): string {
  const { smtpUser, smtpPassword, webhook } = secrets
  return JSON.stringify(channel === 'mail' ? [notices, smtpUser, smtpPassword] : [notices, webhook])
}
