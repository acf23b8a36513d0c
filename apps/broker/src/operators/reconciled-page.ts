import { type Html, html } from '@odoo-backup/service'
import { formatCredits } from '../billing/credits.ts'
import type { Reconciliation } from '../billing/operation/reconcile.ts'

/** What came of comparing the books. */
export function reconciledPage(found: Reconciliation): Html {
  const {
    repeated,
    stillOpen,
    inDoubt,
    capturedByProvider,
    kept,
    purchases,
    balances,
    stripeAside,
    remarks,
  } = found
  const missing = balances?.missing ?? []
  const isRight = kept.agrees && purchases.agrees && missing.length === 0 && inDoubt.length === 0
  return html`<p role="status" class="card ${isRight ? 'good' : 'warn'}">${isRight ? 'The books agree.' : 'Not everything agrees: see below.'}</p>
<dl>
<dt>Open attempts repeated</dt><dd>${repeated}, of which ${stillOpen} still open</dd>
<dt>In doubt</dt><dd>${inDoubt.length}</dd>
<dt>Collected by the payment service</dt><dd>${amount(capturedByProvider)}</dd>
<dt>Kept here</dt><dd>${amount(kept.received)} received, ${amount(kept.spent)} spent, ${amount(kept.left)} left${!kept.agrees && html` <strong class="danger">and the charges say otherwise</strong>`}</dd>
${
  balances !== undefined &&
  html`<dt>Balances at the payment service</dt><dd>${balances.agreeing} agree, ${balances.firstRead} read for the first time, ${balances.notCompared} not compared</dd>`
}
<dt>Messages of Stripe that wait</dt><dd>${stripeAside}</dd>
</dl>
${
  !purchases.agrees &&
  html`<h2>Purchases that differ from the messages of Stripe</h2>
<ul>${purchases.differing.map(
    ({ accountId, purchase, what, booked, told }) =>
      html`<li>${purchase}${accountId !== null && html`, <a href="/operator/accounts/${accountId}">account ${accountId}</a>`}: ${what}, ${amount(booked)} booked${told !== null && html`, ${amount(told)} told`}</li>`,
  )}</ul>`
}
${
  missing.length > 0 &&
  html`<h2>Credit that is missing at the payment service</h2>
<ul>${missing.map(
    ({ accountId, credits }) =>
      html`<li><a href="/operator/accounts/${accountId}">account ${accountId}</a>: ${amount(credits)}</li>`,
  )}</ul>`
}
${remarks.map(remark => html`<p class="quiet">${remark}</p>`)}
<p><a class="button plain" href="/operator/billing">Back to billing</a></p>`
}

function amount(credits: number): string {
  return formatCredits(Math.round(credits * 1000))
}
