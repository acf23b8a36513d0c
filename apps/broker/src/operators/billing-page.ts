import { type Html, html } from '@odoo-backup/service'
import type { Rest } from '../billing/control.ts'
import { noteIn } from '../billing/notes.ts'
import { type ChargeMade, chargeText } from '../billing/operation/charge-text.ts'
import type { DoubtfulCharge } from '../billing/operation/doubtful-charges.ts'
import type { MonthlyRevenue } from '../billing/operation/revenue.ts'
import { type AsideMessage, isEverBooked } from '../billing/stripe/aside.ts'
import { sentence } from '../pages/line-ends.ts'
import { time } from '../pages/time.ts'
import { creditsText } from './amounts.ts'
import { changeForm, type ListPlace, otherPages } from './frame.ts'
import { whyItRests } from './health-page.ts'
import type { ConsoleMessages } from './messages/index.ts'
import type { Names } from './names.ts'
import type { Operator } from './operator-door.ts'
import { accountLink } from './who.ts'

export interface BillingPageContent {
  /** Why billing rests; `undefined`: it runs. */
  readonly rest: Rest | undefined
  /** No plan costs anything. */
  readonly isFree: boolean
  readonly inDoubt: readonly DoubtfulCharge[]
  /** Of the accounts of those attempts. */
  readonly names: Names
  /** A page of the messages that wait. */
  readonly aside: ListPlace & { readonly items: readonly AsideMessage[] }
  /** The newest first. */
  readonly revenue: readonly MonthlyRevenue[]
}

/** Billing as a whole: whether it runs, what it cannot settle by itself, and what it brought. */
export function billingPage(operator: Operator, content: BillingPageContent): Html {
  const { inDoubt, names, aside, revenue } = content
  const { words } = operator
  const own = words.billing
  return html`${running(operator, content)}
<h2>${own.inDoubt}</h2>
${inDoubt.length === 0 ? html`<p>${words.none}</p>` : html`<p class="quiet">${own.inDoubtText}</p>${inDoubt.map(attempt => doubtful(operator, names, attempt))}`}
<h2>${own.stripeWaits}</h2>
${aside.items.length === 0 ? html`<p>${words.none}</p>` : aside.items.map((message, index) => waiting(operator, message, index))}
${otherPages(words, '/operator/billing', {}, aside)}
<h2>${own.compareTitle}</h2>
<p class="quiet">${own.compareText}</p>
${changeForm(operator, {
  action: '/operator/billing/reconcile',
  id: 'reconcile',
  inside: html`${box('accept', own.accept)}${box('creditMissing', own.creditMissing)}`,
  button: own.compare,
})}
<h2>${own.revenue}</h2>
${revenue.length === 0 ? html`<p>${own.noRevenue}</p>` : earned(words, revenue)}`
}

function running(operator: Operator, { rest, isFree }: BillingPageContent): Html {
  const { billing: own, health } = operator.words
  if (rest === undefined && isFree) return html`<p>${health.nothingCharged}</p>`
  if (rest === undefined)
    return html`<p class="good">${health.billingRuns}</p>
<details><summary>${own.stop}</summary><p class="quiet">${own.stopText}</p>${changeForm(operator, {
      action: '/operator/billing/pause',
      id: 'pause',
      button: own.stop,
      dangerous: true,
    })}</details>`
  return html`<p class="card warn">${health.billingRests(html`<bdi>${whyItRests(operator.words, rest.reason)}</bdi>`)}</p>
${changeForm(operator, {
  action: '/operator/billing/resume',
  id: 'resume',
  // After a pause alone there is nothing that it would be needed for.
  ...(rest.mayNeedForce ? { inside: box('force', own.force) } : {}),
  button: own.runAgain,
})}`
}

function box(name: string, label: string): Html {
  return html`<label class="choice"><input type="checkbox" name="${name}" value="true"> ${label}</label>`
}

function doubtful(
  operator: Operator,
  names: Names,
  { charge, accountId, provider, credits, since, note, transaction, what, made }: DoubtfulCharge,
): Html {
  const { words, site } = operator
  const own = words.billing
  const choice = (value: string, label: string) =>
    html`<label class="choice"><input type="radio" name="as" value="${value}" required> ${label}</label>`
  return html`<section class="card warn"><h3>${own.charge(charge, `${creditsText(words, credits)} ${site.credit.currency('credits')}`)}</h3>
<dl><dt>${words.account}</dt><dd>${accountLink(words, names, accountId)}</dd>
<dt>${words.what}</dt><dd>${whatIsAsked(operator, what, made)}</dd>
<dt>${words.asked}</dt><dd>${own.providers[provider] ?? provider}, ${time(new Date(since))}</dd>
${transaction !== undefined && html`<dt>${own.transaction}</dt><dd><code>${transaction}</code></dd>`}
${note !== '' && html`<dt>${own.lastHeard}</dt><dd><bdi>${noteIn(words.notes, note)}</bdi></dd>`}</dl>
${changeForm(operator, {
  action: `/operator/billing/charges/${charge}/settle`,
  id: `settle-${charge}`,
  inside: html`<fieldset><legend>${own.shows}</legend>${choice('captured', own.wasPaid)}${choice('cancelled', own.wasNotPaid)}</fieldset>`,
  button: own.settle,
})}</section>`
}

/** What a charge is for: its month with its plan. */
function whatIsAsked({ site }: Operator, what: string, made: ChargeMade | undefined): Html {
  const told = made && chargeText(made, site.credit)
  return told === undefined ? html`<span lang="en">${sentence(what)}</span>` : sentence(told)
}

/** The id of a message may be any text that Stripe's key signed: it goes into the form and not into an address. */
function waiting(operator: Operator, message: AsideMessage, index: number): Html {
  const { id, type, note, receivedAt } = message
  const { words } = operator
  const own = words.billing
  const inside = html`<input type="hidden" name="event" value="${id}">`
  return html`<section class="card"><h3><bdi>${type}</bdi></h3>
<p><bdi>${noteIn(words.notes, note)}</bdi></p>
<dl><dt>${own.came}</dt><dd>${time(new Date(receivedAt))}</dd><dt>${words.id}</dt><dd><code>${id}</code></dd></dl>
${
  isEverBooked(message) &&
  html`<details><summary>${own.tryAgain}</summary>${changeForm(operator, {
    action: '/operator/billing/stripe/apply',
    id: `apply-${index}`,
    inside,
    button: own.book,
  })}</details>`
}
<details><summary>${own.dismissForGood}</summary><p class="quiet">${own.dismissText}</p>${changeForm(
    operator,
    {
      action: '/operator/billing/stripe/dismiss',
      id: `dismiss-${index}`,
      inside,
      button: own.dismiss,
      dangerous: true,
    },
  )}</details></section>`
}

function earned(words: ConsoleMessages, revenue: readonly MonthlyRevenue[]): Html {
  const own = words.billing
  const amount = (credits: number) => creditsText(words, credits)
  return html`<p class="quiet">${own.inCredits}</p>
<div class="table"><table class="cards"><thead><tr><th>${own.month}</th><th class="number">${own.collected}</th><th class="number">${own.spent}</th><th class="number">${own.bought}</th><th class="number">${own.charges}</th></tr></thead><tbody>
${revenue.map(
  ({
    month,
    captured,
    spentFromKept,
    bought,
    charges,
  }) => html`<tr><td class="whole" data-label="${own.month}">${month}</td>
<td data-label="${own.collected}" class="number">${amount(captured)}</td>
<td data-label="${own.spent}" class="number">${amount(spentFromKept)}</td>
<td data-label="${own.bought}" class="number">${amount(bought)}</td>
<td data-label="${own.charges}" class="number">${charges}</td></tr>`,
)}
</tbody></table></div>`
}
