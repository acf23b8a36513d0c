import { randomUUID } from 'node:crypto'
import { type Html, html } from '@odoo-backup/service'
import { formatCredits } from '../billing/credits.ts'
import type { AccountBalance } from '../billing/operation/account-books.ts'
import { time } from '../pages/time.ts'
import { changeForm } from './frame.ts'
import type { Operator } from './operator-door.ts'

export interface CreditSectionContent {
  readonly balance: AccountBalance
  /** The names of all plans. */
  readonly plans: readonly string[]
  readonly now: Date
  /** The address of the account's page. */
  readonly path: string
}

/** How an account stands in money, and what its operator may change of it. */
export function creditSection(operator: Operator, content: CreditSectionContent): Html {
  const { balance, plans, now, path } = content
  const { state, plan, currencyLabel, kept, held, owed, paidUntil, changesAt } = balance
  const amount = (credits: number) => `${formatCredits(Math.round(credits * 1000))} ${currencyLabel}`
  const change = (verb: string, { title, about, inside, button }: Verb) =>
    html`<details><summary>${title}</summary>${about !== undefined && html`<p class="quiet">${about}</p>`}${changeForm(
      operator,
      { action: `${path}/${verb}`, id: verb, ...(inside === undefined ? {} : { inside }), button },
    )}</details>`
  return html`<section class="card"><h2>Credit</h2>
<dl>
<dt>State</dt><dd>${state.replace('_', ' ')}</dd>
<dt>Plan</dt><dd>${plan}</dd>
<dt>Kept here</dt><dd>${amount(kept)}</dd>
${held !== undefined && html`<dt>At the payment service</dt><dd>${amount(held)}</dd>`}
<dt>Due</dt><dd>${amount(owed)}</dd>
${paidUntil !== undefined && html`<dt>Month ends</dt><dd>${time(new Date(paidUntil))}</dd>`}
${changesAt !== undefined && html`<dt>Changes</dt><dd>${time(new Date(changesAt))}</dd>`}
</dl>
<p><a href="${path}/ledger">The books</a> · <a href="${path}/usage">What it stores, by day</a></p>
${change('grant', { title: 'Give credit', inside: credits('grant', currencyLabel), button: 'Give' })}
${change('refund', {
  title: 'Give credit back',
  about: 'For something that was paid. It is kept here and spent first; the payment service is not asked.',
  inside: credits('refund', currencyLabel),
  button: 'Give back',
})}
${change('plan', {
  title: 'Change the plan',
  about: 'From the next month on; the prices of this one stay.',
  inside: html`<label for="plan">Plan</label><select id="plan" name="plan">${plans.map(
    name => html`<option value="${name}"${name === plan && html` selected`}>${name}</option>`,
  )}</select>`,
  button: 'Change',
})}
${change('trial', {
  title: 'Extend the trial',
  about: 'While no month has begun.',
  inside: day('trial', now),
  button: 'Extend',
})}
${change('grace', {
  title: 'Extend the time of grace',
  about: 'Until then everything works though a payment is due.',
  inside: day('grace', now),
  button: 'Extend',
})}
${change('run', { title: 'Collect what is due now', about: 'As the work by the clock would.', button: 'Collect' })}
</section>`
}

interface Verb {
  readonly title: string
  readonly about?: string
  readonly inside?: Html
  readonly button: string
}

/** One reference for each time the page is opened: a form that is sent twice gives once. */
function credits(verb: string, currencyLabel: string): Html {
  return html`<input type="hidden" name="reference" value="${randomUUID()}">
<label for="credits-${verb}">How much (${currencyLabel})</label>
<input type="number" id="credits-${verb}" name="credits" min="0.001" step="0.001" required>`
}

function day(verb: string, now: Date): Html {
  return html`<label for="until-${verb}">Until the end of this day (UTC)</label>
<input type="date" id="until-${verb}" name="until" min="${now.toISOString().slice(0, 10)}" required>`
}
