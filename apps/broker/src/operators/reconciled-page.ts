import { type Html, html } from '@odoo-backup/service'
import type { Reconciliation } from '../billing/operation/reconciliation.ts'
import { remarkIn } from '../billing/operation/remarks.ts'
import { time } from '../pages/time.ts'
import { creditsText } from './amounts.ts'
import type { ConsoleMessages } from './messages/index.ts'
import type { Names, Naming } from './names.ts'
import { shortIds } from './short-ids.ts'
import { accountLink } from './who.ts'

/** What came of comparing the books. */
export function reconciledPage(found: Reconciliation, words: ConsoleMessages, names: Names): Html {
  const own = words.compared
  const of = (accountId: string) => accountLink(words, names, accountId)
  const amount = (credits: number) => creditsText(words, credits)
  const {
    repeated,
    stillOpen,
    inDoubt,
    lateHolds,
    missingPlans,
    capturedByProvider,
    kept,
    purchases,
    balances,
    stripeAside,
    remarks,
  } = found
  const missing = balances?.missing ?? []
  const uncertain = balances?.uncertain ?? []
  const notCompared = (balances?.openPayments ?? 0) + (balances?.lateHolds ?? 0) + (balances?.unanswered ?? 0)
  // What is read for the first time has nothing yet that it could agree with.
  const isCompared = notCompared === 0 && (balances?.firstRead ?? 0) === 0
  const isRight = kept.agrees && purchases.agrees && missing.length === 0 && stillOpen === 0 && isCompared
  return html`<p role="status" class="card ${isRight ? 'good' : 'warn'}">${isRight ? own.agree : own.differ}</p>
<p class="quiet">${words.billing.inCredits}</p>
<dl>
<dt>${own.repeated}</dt><dd>${own.stillOpen(repeated, stillOpen)}</dd>
<dt>${own.inDoubt}</dt><dd>${inDoubt.length}</dd>
<dt>${own.lateHolds}</dt><dd>${lateHolds.count}</dd>
<dt>${own.collected}</dt><dd>${amount(capturedByProvider)}</dd>
<dt>${own.kept}</dt><dd>${own.keptSums(amount(kept.received), amount(kept.spent), amount(kept.left))}${!kept.agrees && html` <strong class="danger">${own.chargesDiffer}</strong>`}</dd>
${
  balances !== undefined &&
  html`<dt>${own.balances}</dt><dd>${own.balanceCounts(balances.agreeing, balances.firstRead, notCompared)}</dd>`
}
<dt>${words.billing.stripeWaits}</dt><dd>${stripeAside}</dd>
</dl>
${missingPlans.map(({ plan, accounts }) => html`<p class="card warn">${words.health.missingPlan(plan, accounts)}</p>`)}
${
  lateHolds.count > 0 &&
  html`<h2>${own.lateHolds}</h2>
<p class="quiet">${own.lateHoldsText}</p>
<ul>${lateHolds.holds.map(
    ({ accountId, charge, since }) =>
      html`<li>${of(accountId)}: ${own.lateHold(charge, time(new Date(since)))}</li>`,
  )}</ul>`
}
${
  !purchases.agrees &&
  html`<h2>${own.purchasesDiffer}</h2>
<ul>${purchases.differing.map(
    ({ accountId, purchase, what, booked, told }) =>
      html`<li>${shortIds(purchase)}${accountId !== null && html`, ${of(accountId)}`}: ${own.purchaseIs[what]}, ${own.booked(amount(booked))}${told !== null && `, ${own.told(amount(told))}`}</li>`,
  )}</ul>`
}
${
  kept.differing.length > 0 &&
  html`<h2>${own.keptDiffers}</h2>
<ul>${kept.differing.map(
    ({ accountId, spent, charged }) =>
      html`<li>${of(accountId)}: ${own.keptDifference(amount(spent), amount(charged))}</li>`,
  )}</ul>`
}
${
  missing.length > 0 &&
  html`<h2>${own.missing}</h2>
<ul>${missing.map(({ accountId, credits }) => html`<li>${of(accountId)}: ${amount(credits)}</li>`)}</ul>`
}
${
  uncertain.length > 0 &&
  html`<h2>${own.uncertain}</h2>
<ul>${uncertain.map(
    ({ accountId, why }) => html`<li>${of(accountId)}: ${own.uncertainBecause[why]}</li>`,
  )}</ul>`
}
${remarks.map(remark => html`<p class="quiet">${remarkIn(own.remarks, remark)}</p>`)}
<p><a class="button plain" href="/operator/billing">${own.back}</a></p>`
}

/** All accounts that it names. */
export function accountsOf({ lateHolds, purchases, kept, balances }: Reconciliation): Naming[] {
  return [
    ...lateHolds.holds,
    ...purchases.differing,
    ...kept.differing,
    ...(balances?.missing ?? []),
    ...(balances?.uncertain ?? []),
  ]
}
