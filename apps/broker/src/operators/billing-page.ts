import { type Html, html } from '@odoo-backup/service'
import { formatCredits } from '../billing/credits.ts'
import type { DoubtfulAttempt } from '../billing/operation/reconcile.ts'
import type { MonthlyRevenue } from '../billing/operation/revenue.ts'
import type { AsideMessage } from '../billing/stripe/aside.ts'
import { time } from '../pages/time.ts'
import { changeForm } from './frame.ts'
import type { Operator } from './operator-door.ts'

export interface BillingPageContent {
  /** Why billing rests; `undefined`: it runs. */
  readonly pausedReason: string | undefined
  readonly inDoubt: readonly DoubtfulAttempt[]
  readonly aside: readonly AsideMessage[]
  /** The newest first. */
  readonly revenue: readonly MonthlyRevenue[]
}

/** Billing as a whole: whether it runs, what it cannot settle by itself, and what it brought. */
export function billingPage(operator: Operator, content: BillingPageContent): Html {
  const { pausedReason, inDoubt, aside, revenue } = content
  return html`${running(operator, pausedReason)}
<h2>Charges in doubt</h2>
<p class="quiet">The payment service did not answer, and its hold has ended since. Look there what became of it.</p>
${inDoubt.length === 0 ? html`<p>None.</p>` : inDoubt.map(attempt => doubtful(operator, attempt))}
<h2>Messages of Stripe that wait</h2>
${aside.length === 0 ? html`<p>None.</p>` : aside.map((message, index) => waiting(operator, message, index))}
<h2>Compare the books</h2>
<p class="quiet">Repeats what is not final and compares every sum that can be compared, here and at the payment service.</p>
${changeForm(operator, {
  action: '/operator/billing/reconcile',
  id: 'reconcile',
  inside: html`${box('accept', 'Take balances from which credit is missing as they are from now on')}${box('creditMissing', 'Give missing credit back to its accounts, kept here')}`,
  button: 'Compare',
})}
<h2>Revenue</h2>
${revenue.length === 0 ? html`<p>Nothing was collected or bought yet.</p>` : earned(revenue)}`
}

function running(operator: Operator, pausedReason: string | undefined): Html {
  if (pausedReason === undefined)
    return html`<p class="card good">It runs.</p>
<details><summary>Stop billing for all</summary><p class="quiet">Nothing is collected, and nobody is refused meanwhile.</p>${changeForm(
      operator,
      { action: '/operator/billing/pause', id: 'pause', button: 'Stop billing for all', dangerous: true },
    )}</details>`
  return html`<p class="card warn">It rests, and nobody is refused meanwhile: <bdi>${pausedReason}</bdi></p>
${changeForm(operator, {
  action: '/operator/billing/resume',
  id: 'resume',
  inside: box('force', 'Also on a restored database whose books were not compared: months may be paid twice'),
  button: 'Run it again',
})}`
}

function box(name: string, label: string): Html {
  return html`<label class="choice"><input type="checkbox" name="${name}" value="true"> ${label}</label>`
}

function doubtful(
  operator: Operator,
  { charge, accountId, provider, credits, since, note }: DoubtfulAttempt,
): Html {
  const choice = (value: string, label: string) =>
    html`<label class="choice"><input type="radio" name="as" value="${value}" required> ${label}</label>`
  return html`<section class="card warn"><h3>Charge ${charge}: ${amount(credits)}</h3>
<dl><dt>Account</dt><dd><a href="/operator/accounts/${accountId}">${accountId}</a></dd>
<dt>Asked</dt><dd>${provider}, ${time(new Date(since))}</dd>
${note !== '' && html`<dt>Then</dt><dd><bdi>${note}</bdi></dd>`}</dl>
${changeForm(operator, {
  action: `/operator/billing/charges/${charge}/settle`,
  id: `settle-${charge}`,
  inside: html`<fieldset><legend>What the payment service shows</legend>${choice('captured', 'It was paid')}${choice('cancelled', 'It was not paid: it is asked for again')}</fieldset>`,
  button: 'Settle',
})}</section>`
}

/** The id of a message may be any text that Stripe's key signed: it goes into the form and not into an address. */
function waiting(operator: Operator, { id, type, note, receivedAt }: AsideMessage, index: number): Html {
  const inside = html`<input type="hidden" name="event" value="${id}">`
  return html`<section class="card"><h3><bdi>${type}</bdi></h3>
<p><bdi>${note}</bdi></p>
<dl><dt>Came</dt><dd>${time(new Date(receivedAt))}</dd><dt>Id</dt><dd><code>${id}</code></dd></dl>
<details><summary>Try again to book it</summary>${changeForm(operator, {
    action: '/operator/billing/stripe/apply',
    id: `apply-${index}`,
    inside,
    button: 'Book it',
  })}</details>
<details><summary>Put it aside for good</summary><p class="quiet">Nothing is booked for it, however often it comes.</p>${changeForm(
    operator,
    {
      action: '/operator/billing/stripe/dismiss',
      id: `dismiss-${index}`,
      inside,
      button: 'Put it aside',
      dangerous: true,
    },
  )}</details></section>`
}

function earned(revenue: readonly MonthlyRevenue[]): Html {
  return html`<div class="table"><table class="cards"><thead><tr><th>Month</th><th class="number">Collected</th><th class="number">Spent from what is kept</th><th class="number">Bought</th><th class="number">Charges</th></tr></thead><tbody>
${revenue.map(
  ({ month, captured, spentFromKept, bought, charges }) => html`<tr><td data-label="Month">${month}</td>
<td data-label="Collected" class="number">${amount(captured)}</td>
<td data-label="Spent from what is kept" class="number">${amount(spentFromKept)}</td>
<td data-label="Bought" class="number">${amount(bought)}</td>
<td data-label="Charges" class="number">${charges}</td></tr>`,
)}
</tbody></table></div>`
}

function amount(credits: number): string {
  return formatCredits(Math.round(credits * 1000))
}
