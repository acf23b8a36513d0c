import type { Log } from '@odoo-backup/service'
import { messageOf } from '../system-error.ts'
import { deliveredAgain } from '../wording/notice.ts'
import { channelsOf, type DeliverySettings, deliver, type Message } from './deliver.ts'
import type { Channel, Told } from './memory.ts'
import { createRetries } from './retries.ts'
import { type Attempt, idOfUndelivered } from './undelivered.ts'

/** No later message is begun in one look, so that a slow way delays what is found out next by little. */
const ONE_LOOK_MS = 45_000

export interface Outbox {
  /**
   * Sends what waits, each way beside the others; what was not taken waits on. A notice that a way takes none goes that
   * way last, when nothing else waits, and says there that it does again. Never rejects.
   */
  send(notices: readonly Told[], settings: DeliverySettings, keeper: Keeper): Promise<Sent>
  /** A way that was seen to work is tried at the next sending, however lately it failed. */
  tryAgain(channel: Channel): void
}

export interface Sent {
  readonly notices: readonly Told[]
  /** One of each way that was tried. */
  readonly attempts: readonly Attempt[]
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
  ): Promise<Attempt[]> {
    let taken = 0
    const address = addressOf(channel, settings)
    if (!retries.isDue(channel, address)) return []
    const begun = performance.now()
    for (const notice of lastOf(waiting, stuck.get(channel))) {
      if (performance.now() - begun > ONE_LOOK_MS || !(await mayTell())) break
      try {
        await deliver(channel, settings, messageOn(channel, notice))
      } catch (error) {
        retries.failed(channel, address)
        if (!stuck.has(channel))
          log.warn({ err: error, channel, notice: notice.id }, 'a notice was not taken; it is tried again')
        stuck.set(channel, notice.id)
        return [{ way: channel, failure: messageOf(error) }]
      }
      retries.worked(channel)
      taken += 1
      await took(notice.id)
    }
    if (taken === 0) return []
    if (stuck.delete(channel)) log.info({ channel }, 'notices are taken again')
    return [{ way: channel }]
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
      const attempts = await Promise.all(
        open.map(channel => {
          const waiting = waitingFor(channel, left)
          return sendBy(channel, waiting, settings, { mayTell, took: tookBy(channel) })
        }),
      )
      return { notices: left, attempts: attempts.flat() }
    },
    tryAgain: channel => retries.worked(channel),
  }
}

/** That the way fails goes it alone: if another message is the reason for that, it must not be told as mended. */
function waitingFor(channel: Channel, notices: readonly Told[]): readonly Told[] {
  const waiting = notices.filter(notice => notice.waiting.includes(channel))
  const others = waiting.filter(({ id }) => id !== idOfUndelivered(channel))
  return others.length > 0 ? others : waiting
}

function messageOn(channel: Channel, notice: Told): Message {
  if (notice.id !== idOfUndelivered(channel)) return notice
  const since = notice.text !== undefined && 'since' in notice.text ? notice.text.since : notice.raisedAt
  return { severity: 'info', message: deliveredAgain(since) }
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
