import { Purpose } from '@odoo-backup/protocol'
import { z } from 'zod'
import type { AuditRow } from '../admin/find-events.ts'
import { NO_REASON } from '../admin/reason.ts'
import type { Messages } from '../pages/messages/en.ts'
import { timeText } from '../pages/time.ts'
import type { ConsoleMessages } from './messages/index.ts'

/** A thing that a row of the audit log tells beside who did what; `label` is absent for why it was. */
export interface Told {
  readonly label?: string
  readonly text: string
}

const Moment = z.iso.datetime()

/**
 * Why it was, and what else the row has, in the words of its reader. Names, codes and values for which there are none
 * are shown as they stand.
 */
export function toldBy(
  { reason, outcome, detail }: Pick<AuditRow, 'reason' | 'outcome' | 'detail'>,
  words: ConsoleMessages,
  site: Messages,
): Told[] {
  const { audit } = words
  const rest = Object.entries(detail).map(([name, value]) => ({
    label: wordFor(audit.details, name) ?? name,
    text: textOf(name, String(value), words, site),
  }))
  if (reason === null) return rest
  return [{ text: reasonText(reason, outcome, audit) }, ...rest]
}

/** A refusal has a code; what somebody gave for a reason stays as they wrote it. */
function reasonText(reason: string, outcome: AuditRow['outcome'], audit: ConsoleMessages['audit']): string {
  if (reason === NO_REASON) return audit.noReason
  return outcome === 'refused' ? (wordFor(audit.reasons, reason) ?? reason) : reason
}

function textOf(name: string, value: string, words: ConsoleMessages, site: Messages): string {
  const { audit, books, number } = words
  if (name === 'purposes' || name === 'rights') return rightsText(value, site)
  if (name === 'as') return wordFor(books.states, value) ?? value
  if (name === 'credits') return number(value)
  if (name === 'expiresAt' || name === 'removedFrom' || name === 'until') return momentText(value)
  if (name === 'booked' || name === 'limit' || name === 'notice')
    return wordFor(audit.values[name], value) ?? value
  return wordFor({ true: audit.yes, false: audit.no }, value) ?? value
}

/** A moment as pages show it; anything else as it stands, such as the day that a form named. */
function momentText(value: string): string {
  return Moment.safeParse(value).success ? timeText(new Date(value)) : value
}

/** What a credential is for, from `backup+rotate` and the like. */
export function rightsText(value: string, { notices: { purposes } }: Messages): string {
  const named = value.split('+').map(part => Purpose.safeParse(part))
  return named.map((part, index) => (part.success ? purposes[part.data] : value.split('+')[index])).join(', ')
}

/** Words for what a row calls itself: it may be called anything. */
export function wordFor(words: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(words, name) ? words[name] : undefined
}
