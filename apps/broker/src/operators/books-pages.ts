import { type Html, html } from '@odoo-backup/service'
import { noteIn } from '../billing/notes.ts'
import type { BookedLine } from '../billing/operation/account-books.ts'
import { chargeText } from '../billing/operation/charge-text.ts'
import { sentence } from '../pages/line-ends.ts'
import { dayAndTime } from '../pages/time.ts'
import type { UsageDay } from '../usage/usage-report.ts'
import { creditsText, gigabytesText } from './amounts.ts'
import { type ListPlace, otherPages } from './frame.ts'
import type { ConsoleMessages } from './messages/index.ts'
import type { Names } from './names.ts'
import type { Operator } from './operator-door.ts'
import { actorText } from './who.ts'

/** Whose they are: its id, and what its page is called. */
export interface OfAccount {
  readonly id: string
  readonly name: string
}

export interface LedgerPageContent extends ListPlace {
  /** Of all whom the lines name. */
  readonly names: Names
  readonly items: readonly BookedLine[]
}

/** The books of an account, the newest line first. */
export function ledgerPage(
  { words, site }: Operator,
  { id: accountId, name }: OfAccount,
  { names, items, ...place }: LedgerPageContent,
): Html {
  const own = words.books
  const chargeOf = ({ charge, what, chargeWording = what }: BookedLine) => {
    const told = charge && chargeText(charge, site.credit)
    return told === undefined ? html`<span lang="en">${sentence(chargeWording)}</span>` : sentence(told)
  }
  const whatOf = (line: BookedLine) => {
    const kind = own.kinds[line.what]
    if (kind === undefined) return chargeOf(line)
    return html`${kind}${line.chargeWording !== undefined && html`: ${chargeOf(line)}`}`
  }
  return html`${backTo(words, { id: accountId, name })}
${
  items.length === 0
    ? html`<p>${own.nothing}</p>`
    : html`<p class="quiet">${own.steps}</p>
<p><a href="/operator/accounts/${accountId}/ledger.csv" download>${own.csv}</a></p>
<div class="table"><table class="cards many"><thead><tr><th>${words.when}</th><th class="wide">${words.what}</th><th>${words.state}</th><th class="number">${own.credits}</th><th>${own.note}</th><th>${own.by}</th></tr></thead><tbody>
${items.map(
  line => html`<tr><td data-label="${words.when}">${dayAndTime(new Date(line.at))}</td>
<td class="long told" data-label="${words.what}">${whatOf(line)}</td>
<td data-label="${words.state}"><span class="whole">${own.states[line.state] ?? line.state}</span>${line.attempt > 1 && own.attempt(line.attempt)}</td>
<td data-label="${own.credits}" class="number">${amountOf(creditsText(words, line.amount), line)}</td>
<td class="${line.note !== '' && 'long'}" data-label="${own.note}">${line.note !== '' && html`<bdi>${noteOf(words, line)}</bdi>`}</td>
<td class="parts" data-label="${own.by}">${actorText(words, names, line.actor)}</td></tr>`,
)}
</tbody></table></div>`
}
${otherPages(words, `/operator/accounts/${accountId}/ledger`, {}, place)}`
}

/** What moved no credit, or not yet, stands back, and so does what a charge took: that counts with the charge. */
function amountOf(amount: string, { state, what }: BookedLine): Html {
  const isPartOfCharge = what === 'spent' || what === 'given_back'
  return (state === 'captured' || state === 'booked') && !isPartOfCharge
    ? html`${amount}`
    : html`<span class="quiet">${amount}</span>`
}

/** What somebody wrote for a reason stays as they wrote it. */
function noteOf({ notes }: ConsoleMessages, { note, actor }: BookedLine): string {
  return actor === 'system' || actor === 'stripe' ? noteIn(notes, note) : note
}

/** What an account stored, day by day, the newest first. */
export function usagePage(
  words: ConsoleMessages,
  account: OfAccount,
  {
    days,
    isCounted,
  }: { readonly days: readonly UsageDay[] /** Whether anything is counted. */; readonly isCounted: boolean },
): Html {
  const own = words.usage
  const gigabytes = (bytes: number) => gigabytesText(words, bytes)
  return html`${backTo(words, account)}
${
  days.length === 0
    ? html`<p>${isCounted ? own.notMeasured : own.notCounted}</p>`
    : html`<div class="table"><table class="cards"><thead><tr><th>${own.day}</th><th class="number">${own.backups}</th><th class="number">${own.objects}</th><th class="number">${own.oldVersions}</th><th class="number">${own.openUploads}</th></tr></thead><tbody>
${days.toReversed().map(
  day => html`<tr><td class="whole" data-label="${own.day}">${day.day}</td>
<td data-label="${own.backups}" class="number">${gigabytes(day.currentBytes)}</td>
<td data-label="${own.objects}" class="number">${day.currentObjects}</td>
<td data-label="${own.oldVersions}" class="number">${gigabytes(day.oldBytes)}</td>
<td data-label="${own.openUploads}" class="number">${gigabytes(day.uploadBytes)}</td></tr>`,
)}
</tbody></table></div>`
}`
}

function backTo({ books }: ConsoleMessages, { id, name }: OfAccount): Html {
  return html`<p><a href="/operator/accounts/${id}">${books.back(html`<bdi>${name}</bdi>`)}</a></p>`
}
