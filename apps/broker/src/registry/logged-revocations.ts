import { Purpose } from '@odoo-backup/protocol'
import type { LoggedEvent } from '../audit/logged-events.ts'

/** What a log tells that was taken away: of each thing the last word. */
export interface LoggedRevocations {
  /** When each instance was revoked. */
  readonly revoked: ReadonlyMap<string, Date>
  /** When each account was suspended that was not resumed later. */
  readonly suspended: ReadonlyMap<string, Date>
  /** What each instance may do that may not do all. */
  readonly narrowed: ReadonlyMap<string, { readonly at: Date; readonly purposes: readonly Purpose[] }>
  /** When each token of the admin API was revoked, by its name. */
  readonly tokens: ReadonlyMap<string, Date>
  /** When somebody of each account logged out. */
  readonly loggedOut: ReadonlyMap<string, Date>
  /** When each account took its open approvals back. */
  readonly withdrawn: ReadonlyMap<string, Date>
}

/** Reads events, in whatever order: logs of several brokers come one after the other. */
export async function loggedRevocations(events: AsyncIterable<LoggedEvent>): Promise<LoggedRevocations> {
  const last = {
    revoked: lastWords(),
    standing: lastWords(),
    purposes: lastWords(),
    tokens: lastWords(),
    loggedOut: lastWords(),
    withdrawn: lastWords(),
  }
  for await (const event of events) {
    const { action, outcome, accountId, instanceId, detail } = event
    if (outcome !== 'done') continue
    switch (action) {
      case 'instance.revoked':
        note(last.revoked, instanceId, event)
        break
      case 'account.suspended':
      case 'account.resumed':
        note(last.standing, accountId, event)
        break
      case 'instance.purposes_changed':
      case 'instance.bound':
        if (typeof detail?.purposes === 'string') note(last.purposes, instanceId, event)
        break
      case 'admin.token_revoked':
        note(last.tokens, typeof detail?.name === 'string' ? detail.name : undefined, event)
        break
      case 'logout':
        note(last.loggedOut, accountId, event)
        break
      case 'consent.withdrawn':
        note(last.withdrawn, accountId, event)
        break
    }
  }
  const narrowed = [...last.purposes]
    .map(([id, { at, detail }]) => [id, { at, purposes: purposesIn(detail?.purposes) }] as const)
    .filter(([, { purposes }]) => purposes.length < Purpose.options.length)
  return {
    revoked: moments(last.revoked),
    suspended: moments([...last.standing].filter(([, { action }]) => action === 'account.suspended')),
    narrowed: new Map(narrowed),
    tokens: moments(last.tokens),
    loggedOut: moments(last.loggedOut),
    withdrawn: moments(last.withdrawn),
  }
}

type LastWords = Map<string, LoggedEvent>

function lastWords(): LastWords {
  return new Map()
}

function note(words: LastWords, of: string | undefined, event: LoggedEvent): void {
  if (of === undefined) return
  const known = words.get(of)
  if (known === undefined || known.at <= event.at) words.set(of, event)
}

function moments(words: Iterable<readonly [string, LoggedEvent]>): Map<string, Date> {
  return new Map([...words].map(([of, { at }]) => [of, at]))
}

function purposesIn(text: unknown): Purpose[] {
  return String(text)
    .split('+')
    .map(one => Purpose.safeParse(one).data)
    .filter(one => one !== undefined)
}
