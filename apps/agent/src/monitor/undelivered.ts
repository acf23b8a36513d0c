import { DatabaseName, type NoticeText } from '@odoo-backup/protocol'
import { noticeMessage } from '../wording/notice.ts'
import type { Condition } from './condition.ts'
import type { Facts } from './facts.ts'
import { Channel, type Memory } from './memory.ts'

/** What fails for less is tried again meanwhile, and is no news. */
const PATIENCE_MS = 600_000
const PING = 'ping:'

/** How it went to send by a way: a channel, or the ping of a database. */
export interface Attempt {
  readonly way: string
  /** What kept it from being taken, in words without secrets; absent where all was taken. */
  readonly failure?: string
}

export function wayOfPing(database: string): string {
  return PING + database
}

/** Since when each way takes nothing, and why. What worked once, or is not set up any more, is forgotten. */
export function undeliveredAfter(
  before: Memory['undelivered'],
  attempts: readonly Attempt[],
  ways: ReadonlySet<string>,
  now: Date,
): Memory['undelivered'] {
  const after = new Map(Object.entries(before).filter(([way]) => ways.has(way)))
  for (const { way, failure } of attempts)
    if (failure === undefined) after.delete(way)
    else after.set(way, { since: after.get(way)?.since ?? now.toISOString(), words: failure })
  return Object.fromEntries(after)
}

/** The id of the notice that a channel takes none. */
export function idOfUndelivered(channel: Channel): string {
  return `notice_undelivered:${channel}`
}

const CODES = { mail: 'mail_undelivered', webhook: 'webhook_undelivered' } as const

/** Ways that take nothing; told when that lasts. */
export function ofDelivery({ undelivered, now }: Facts): Condition[] {
  return Object.entries(undelivered).flatMap(([way, { since, words }]): Condition[] => {
    const postponed = now.getTime() - Date.parse(since) < PATIENCE_MS
    const severity = 'warning'
    const channel = Channel.safeParse(way).data
    if (channel !== undefined) {
      const text: NoticeText = { code: CODES[channel], since, words }
      const id = idOfUndelivered(channel)
      return [{ id, kind: 'notice_undelivered', severity, text, message: noticeMessage(text), postponed }]
    }
    const database = DatabaseName.safeParse(way.slice(PING.length)).data
    if (database === undefined) return []
    const text: NoticeText = { code: 'ping_undelivered', since, words }
    const id = `ping_undelivered:${database}`
    return [
      { id, kind: 'ping_undelivered', severity, database, text, message: noticeMessage(text), postponed },
    ]
  })
}
