import { type Html, html } from '@odoo-backup/service'
import { formatCredits } from '../billing/credits.ts'
import type { LedgerLine } from '../billing/operation/account-books.ts'
import { time } from '../pages/time.ts'
import type { UsageDay } from '../usage/usage-report.ts'
import { nextPage } from './frame.ts'

/** The books of an account, the newest line first. */
export function ledgerPage(
  accountId: string,
  { items, nextCursor }: { readonly items: readonly LedgerLine[]; readonly nextCursor?: string },
): Html {
  const amount = (credits: number) => formatCredits(Math.round(credits * 1000))
  return html`${backTo(accountId)}
${
  items.length === 0
    ? html`<p>Nothing was booked yet.</p>`
    : html`<p><a href="/operator/accounts/${accountId}/ledger.csv" download>All of it as CSV</a></p>
<div class="table"><table class="cards many"><thead><tr><th>When</th><th>What</th><th>State</th><th class="number">Credits</th><th>Note</th><th>By</th></tr></thead><tbody>
${items.map(
  line => html`<tr><td class="whole" data-label="When">${time(new Date(line.at))}</td>
<td data-label="What">${line.what}</td>
<td data-label="State">${line.state}${line.attempt > 1 && html`, attempt ${line.attempt}`}</td>
<td data-label="Credits" class="number">${amount(line.amount)}</td>
<td data-label="Note">${line.note !== '' && html`<bdi>${line.note}</bdi>`}</td>
<td data-label="By">${line.actor}</td></tr>`,
)}
</tbody></table></div>`
}
${nextPage(`/operator/accounts/${accountId}/ledger`, {}, nextCursor)}`
}

/** What an account stored, day by day, the newest first. */
export function usagePage(accountId: string, days: readonly UsageDay[]): Html {
  const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(2)
  return html`${backTo(accountId)}
${
  days.length === 0
    ? html`<p>Not measured yet: it is done once a day.</p>`
    : html`<div class="table"><table class="cards"><thead><tr><th>Day</th><th class="number">Backups, GB</th><th class="number">Objects</th><th class="number">Old versions, GB</th><th class="number">Open uploads, GB</th></tr></thead><tbody>
${days.toReversed().map(
  day => html`<tr><td data-label="Day">${day.day}</td>
<td data-label="Backups, GB" class="number">${gigabytes(day.currentBytes)}</td>
<td data-label="Objects" class="number">${day.currentObjects}</td>
<td data-label="Old versions, GB" class="number">${gigabytes(day.oldBytes)}</td>
<td data-label="Open uploads, GB" class="number">${gigabytes(day.uploadBytes)}</td></tr>`,
)}
</tbody></table></div>`
}`
}

function backTo(accountId: string): Html {
  return html`<p><a href="/operator/accounts/${accountId}">Back to the account</a></p>`
}
