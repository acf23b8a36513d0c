import { randomUUID } from 'node:crypto'
import { type Html, html } from '@odoo-backup/service'
import type { AccountOutlook } from '../billing/operation/account-outlook.ts'
import { time } from '../pages/time.ts'
import { creditsText } from './amounts.ts'
import { changeForm } from './frame.ts'
import type { ConsoleMessages } from './messages/index.ts'
import type { Operator } from './operator-door.ts'

export interface CreditSectionContent {
  readonly balance: AccountOutlook
  /** The names of all plans. */
  readonly plans: readonly string[]
  /** Billing rests for all. */
  readonly isPaused: boolean
  readonly now: Date
  /** The address of the account's page. */
  readonly path: string
}

/** How an account stands in money, and what its operator may change of it. */
export function creditSection(operator: Operator, content: CreditSectionContent): Html {
  const { balance, plans, isPaused, now, path } = content
  const { words, site } = operator
  const own = words.credit
  const { state, plan, currencyLabel, kept, held, owed, paidUntil, changesAt, graceUntil } = balance
  const currency = site.credit.currency(currencyLabel)
  // While grace lasts, the end of that state tells it.
  const isGraceAhead = graceUntil !== undefined && graceUntil > now && state !== 'grace'
  const amount = (credits: number) => `${creditsText(words, credits)} ${currency}`
  const change = (verb: string, { title, about, inside, button }: Verb) =>
    html`<details><summary>${title}</summary>${about !== undefined && html`<p class="quiet">${about}</p>`}${changeForm(
      operator,
      { action: `${path}/${verb}`, id: verb, ...(inside === undefined ? {} : { inside }), button },
    )}</details>`
  return html`<section class="card"><h2>${own.title}</h2>
<dl>
<dt>${words.state}</dt><dd>${balance.isAtRest ? own.atRest : own.states[state]}</dd>
<dt>${own.plan}</dt><dd>${plan}</dd>
<dt>${own.kept}</dt><dd>${amount(kept)}</dd>
${held !== undefined && html`<dt>${own.held}</dt><dd>${amount(held)}</dd>`}
${storedRow(balance, words)}
<dt>${own.due}</dt><dd>${amount(owed)}</dd>
${paidUntil !== undefined && html`<dt>${own.monthEnds}</dt><dd>${time(new Date(paidUntil))}</dd>`}
${changesAt !== undefined && html`<dt>${own.changes}</dt><dd>${time(new Date(changesAt))}</dd>`}
${isGraceAhead && html`<dt>${own.graceUntil}</dt><dd>${time(graceUntil)}</dd>`}
</dl>
<p><a href="${path}/ledger">${own.books}</a> · <a href="${path}/usage">${own.stores}</a></p>
${change('grant', { ...own.grant, inside: credits(own, 'grant', currency) })}
${change('refund', {
  ...own.refund,
  inside: credits(own, 'refund', currency),
})}
${change('plan', {
  ...own.changePlan,
  inside: html`<label for="plan">${own.plan}</label><select id="plan" name="plan" required>${
    // No other plan is proposed for one that the settings lack: whoever chooses names it.
    !plans.includes(plan) && html`<option value="" disabled selected>${own.planMissing(plan)}</option>`
  }${plans.map(
    name => html`<option value="${name}"${name === plan && html` selected`}>${name}</option>`,
  )}</select>`,
  button: words.change,
})}
${!balance.hasMonth && change('trial', { ...own.trial, inside: day(own, 'trial', now), button: own.extend })}
${balance.isUsed && change('grace', { ...own.grace, inside: day(own, 'grace', now), button: own.extend })}
${balance.isUsed && state !== 'suspended' && (isPaused ? html`<p class="quiet">${own.run.rests}</p>` : change('run', own.run))}
</section>`
}

/** How much is stored, where the plan has a cap for it. */
function storedRow(
  { storage: { gigabytes, capGigabytes, isFull } }: AccountOutlook,
  { credit }: ConsoleMessages,
) {
  if (capGigabytes === undefined) return false
  return html`<dt>${credit.stored}</dt><dd${isFull && html` class="danger"`}>${credit.ofCap(gigabytes, capGigabytes)}${isFull && html`: ${credit.full}`}</dd>`
}

interface Verb {
  readonly title: string
  readonly about?: string
  readonly inside?: Html
  readonly button: string
}

/** One reference for each time the page is opened: a form that is sent twice gives once. */
function credits({ howMuch }: ConsoleMessages['credit'], verb: string, currency: string): Html {
  return html`<input type="hidden" name="reference" value="${randomUUID()}">
<label for="credits-${verb}">${howMuch(currency)}</label>
<input type="number" id="credits-${verb}" name="credits" min="0.001" step="0.001" required>`
}

function day({ untilDay }: ConsoleMessages['credit'], verb: string, now: Date): Html {
  return html`<label for="until-${verb}">${untilDay}</label>
<input type="date" id="until-${verb}" name="until" min="${now.toISOString().slice(0, 10)}" required>`
}
