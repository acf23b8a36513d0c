import { type Html, HttpProblem, html } from '@odoo-backup/service'
import type { Pool } from 'pg'
import type { AccountSection } from '../../account/account-page.ts'
import { sentence } from '../../pages/line-ends.ts'
import type { Messages } from '../../pages/messages/en.ts'
import { type UsageDay, usageReport } from '../../usage/usage-report.ts'
import { formatCredits } from '../credits.ts'
import type { Billing } from '../open-billing.ts'
import type { BooksDependencies } from './account-books.ts'
import { type AccountOutlook, accountOutlook, type PlanPrice, type StorageUse } from './account-outlook.ts'
import { CHARGE_MADE, type ChargeMade, chargeText } from './charge-text.ts'
import { storageGraph } from './storage-graph.ts'

/** A month's charge and whether it is paid. */
interface ChargeLine extends ChargeMade {
  /** In English, as it was written down when it was due. */
  readonly wording: string
  readonly state: string | null
}

export interface BillingSectionDependencies extends BooksDependencies, Pick<Billing, 'rechargeUrl'> {
  /** Whether accounts pay at all. */
  readonly isCharged: boolean
  /** Whether what is stored is counted. */
  readonly isCounted: boolean
}

/** The account page's part on money and storage: balance, plan, what the last months cost and why, a graph. */
export function createBillingSection(
  dependencies: BillingSectionDependencies,
): (account: { readonly id: string }, formToken: Html) => Promise<(words: Messages) => AccountSection> {
  const { pool, isCharged, isCounted, provider } = dependencies
  return async (account, formToken) => {
    const [outlook, charges, usage] = await Promise.all([
      accountOutlook(dependencies, account.id),
      recentCharges(pool, account.id),
      usageReport(pool, account.id, 90),
    ])
    if (outlook === undefined) return () => ({ places: [], body: html`` })
    const canBuy = await isSoldOnline(dependencies, account.id)
    // What was before nothing was charged any more is told.
    const hasCredit = isCharged || outlook.owed > 0 || outlook.kept !== 0 || charges.length > 0
    const hasStorage = isCounted || usage.length > 0
    return ({ credit: texts }) => ({
      urgent: urgent(outlook, texts),
      places: [
        ...(hasCredit ? [{ anchor: 'credit', name: texts.title }] : []),
        ...(hasStorage ? [{ anchor: 'storage', name: texts.storage }] : []),
      ],
      body: html`${
        hasCredit &&
        html`<section class="card"><h2 id="credit">${texts.title}</h2>
${standing(outlook, { texts, canBuy, isCounted: hasStorage, holdsCredit: provider.keepsBalances })}
${
  // Nobody is served for credit that they buy while suspended.
  outlook.state !== 'suspended' &&
  (canBuy
    ? html`<form method="post" action="/account/recharge">${formToken}<p class="actions"><button type="submit">${texts.buy}</button></p></form>`
    : html`<p>${texts.byOperator}</p>`)
}
${charges.length > 0 && costs(charges, outlook.currencyLabel, texts)}</section>`
      }
${
  hasStorage &&
  html`<section class="card"><h2 id="storage">${texts.storage}</h2>
${usage.length === 0 ? html`<p>${texts.notMeasured}</p>` : storage(usage, outlook.storage, texts)}</section>`
}`,
    })
  }
}

type Texts = Messages['credit']

/** States in which a payment is due. */
const DUE: ReadonlySet<AccountOutlook['state']> = new Set(['grace', 'restore_only', 'lapsed'])

/** What stops, or will: it must be seen before a list of installations that may be long. */
function urgent(outlook: AccountOutlook, texts: Texts): Html {
  const { state, removableFrom, storage: use, isAtRest } = outlook
  const removal = removableFrom !== undefined && html` ${sentence(texts.removable(removableFrom))}`
  return html`${
    DUE.has(state) &&
    html`<p role="alert" class="card danger">${stateText(outlook, texts)}${removal} <a href="#credit">${texts.toCredit}</a></p>`
  }${isAtRest && html`<p class="card warn">${texts.atRest} <a href="#credit">${texts.toCredit}</a></p>`}${
    use.isFull &&
    html`<p role="alert" class="card danger">${texts.full(use.gigabytes, use.capGigabytes ?? 0)} <a href="#storage">${texts.toStorage}</a></p>`
  }`
}

function stateText(
  { state, isAtRest, storage: { isFull }, trialDays }: AccountOutlook,
  texts: Texts,
): string {
  if (isAtRest) return texts.atRest
  const text = (isFull ? texts.statesFull[state] : undefined) ?? texts.states[state]
  return state === 'not_billed' && trialDays > 0 ? `${text} ${texts.trialToCome(trialDays)}` : text
}

function tone({ state, isAtRest, storage: { isFull } }: AccountOutlook): 'good' | 'warn' | 'danger' {
  if (isAtRest) return 'warn'
  const isGood = state === 'paid' || state === 'trial' || state === 'not_billed'
  return isGood && !isFull ? 'good' : 'danger'
}

async function isSoldOnline(
  { rechargeUrl }: Pick<Billing, 'rechargeUrl'>,
  accountId: string,
): Promise<boolean> {
  try {
    await rechargeUrl(accountId)
    return true
  } catch (error) {
    if (!(error instanceof HttpProblem) || error.code !== 'no_online_payment') throw error
    return false
  }
}

interface StandingContext {
  readonly texts: Texts
  /** Whether credit is bought online. */
  readonly canBuy: boolean
  readonly isCounted: boolean
  /** Whether the payment service has credit of its own for an account. */
  readonly holdsCredit: boolean
}

function standing(outlook: AccountOutlook, { texts, canBuy, isCounted, holdsCredit }: StandingContext): Html {
  const { state, plan, price, currencyLabel, kept, held, owed, lacking, paidUntil, changesAt } = outlook
  const isGood = tone(outlook) === 'good'
  const amount = (value: number) => amountText(value, currencyLabel, texts)
  const isHeldThere = holdsCredit && held !== undefined
  return html`<p class="${tone(outlook)}"${!isGood && html` role="status"`}>${stateText(outlook, texts)}</p>
<dl>
<dt>${texts.plan}</dt><dd>${plan}</dd>
${price !== undefined && html`<dt>${texts.price}</dt><dd>${priceText(price, { amount, isCounted, texts })}</dd>`}
${isHeldThere && html`<dt>${texts.held}</dt><dd>${amount(held)}</dd>`}
<dt>${isHeldThere ? texts.keptFirst : texts.kept}</dt><dd>${amount(kept)}${kept < 0 && html`<br><span class="quiet">${texts.belowZero}</span>`}</dd>
${owed > 0 && html`<dt>${texts.due}</dt><dd class="danger">${amount(owed)}</dd>`}
${
  lacking !== undefined &&
  html`<dt>${canBuy ? texts.toBuy : texts.lacking}</dt><dd><strong>${amount(lacking.credits)}</strong>${lacking.coming > 0 && html`<br><span class="quiet">${texts.withNextMonth(amount(lacking.coming))}</span>`}</dd>`
}
${paidUntil !== undefined && html`<dt>${texts.monthEnds}</dt><dd>${paidUntil.slice(0, 10)}</dd>`}
${changesAt !== undefined && html`<dt>${texts.changesIn[state] ?? texts.changes}</dt><dd>${changesAt.slice(0, 10)}</dd>`}
</dl>`
}

/** An amount of credits with what they are called. */
function amountText(credits: number, currencyLabel: string, texts: Texts): string {
  const digits = formatCredits(Math.round(credits * 1000)).replace('-', '\u2212')
  return `${texts.number(digits)} ${texts.currency(currencyLabel)}`
}

/** What is not counted costs nothing, however much it is. */
function priceText(
  { perMonth, includedGigabytes, perFurtherGigabyte }: PlanPrice,
  context: {
    readonly amount: (credits: number) => string
    readonly isCounted: boolean
    readonly texts: Texts
  },
): string {
  const { amount, isCounted, texts } = context
  const month = texts.perMonth(amount(perMonth))
  return isCounted && perFurtherGigabyte > 0
    ? `${month}, ${texts.withStorage(includedGigabytes, amount(perFurtherGigabyte))}`
    : month
}

async function recentCharges(pool: Pool, accountId: string): Promise<ChargeLine[]> {
  const { rows } = await pool.query<ChargeLine>(
    `SELECT c.wording, ${CHARGE_MADE}, (SELECT e.state FROM ledger_entry e WHERE e.charge_id = c.id
       ORDER BY e.attempt DESC, e.sequence DESC LIMIT 1) AS state
     FROM charge c JOIN billing_period p ON p.account_id = c.account_id AND p.number = c.period
     WHERE c.account_id = $1 ORDER BY c.due_at DESC, c.id DESC LIMIT 12`,
    [accountId],
  )
  return rows
}

function what(line: ChargeLine, currencyLabel: string, texts: Texts): Html {
  const own = chargeText(line, texts, currencyLabel)
  return own === undefined ? html`<span lang="en">${sentence(line.wording)}</span>` : sentence(own)
}

function costs(charges: readonly ChargeLine[], currencyLabel: string, texts: Texts): Html {
  const currency = texts.currency(currencyLabel)
  // As the names of the other columns begin.
  const column = currency.charAt(0).toUpperCase() + currency.slice(1)
  const amounts = ofEqualDecimals(charges.map(({ amount }) => formatCredits(Number(amount))))
  const word = (state: string | null) => {
    if (state === 'captured') return html`<span class="good">${texts.stateOf.paid}</span>`
    return state === 'failed' || state === 'cancelled' || state === null
      ? html`<span class="danger">${texts.stateOf.due}</span>`
      : html`<span class="warn">${texts.stateOf.open}</span>`
  }
  return html`<h3>${texts.costs}</h3>
<div class="table"><table class="cards"><thead><tr><th>${texts.what}</th><th class="number">${column}</th><th>${texts.state}</th></tr></thead><tbody>
${charges.map(
  (charge, index) =>
    html`<tr><td>${what(charge, currencyLabel, texts)}</td><td data-label="${column}" class="number">${texts.number(amounts[index] ?? '')}</td><td data-label="${texts.state}">${word(charge.state)}</td></tr>`,
)}
</tbody></table></div>`
}

/** Numbers below each other, with as many decimals as the one that has most. */
function ofEqualDecimals(numbers: readonly string[]): readonly string[] {
  const decimals = (number: string) => number.split('.')[1]?.length ?? 0
  const most = Math.max(...numbers.map(decimals))
  return numbers.map(number =>
    most === 0
      ? number
      : `${number}${decimals(number) === 0 ? '.' : ''}${'0'.repeat(most - decimals(number))}`,
  )
}

function storage(usage: readonly UsageDay[], { capGigabytes }: StorageUse, texts: Texts): Html {
  const samples = usage.map(({ day, currentBytes, oldBytes, uploadBytes }) => ({
    day,
    bytes: currentBytes + oldBytes + uploadBytes,
  }))
  const last = usage.at(-1)
  const gigabytes = (bytes: number) => `${texts.number((bytes / 1e9).toFixed(2))}\u00a0GB`
  const [from, to] = [samples[0]?.day ?? '', last?.day ?? '']
  const now = gigabytes(samples.at(-1)?.bytes ?? 0)
  const most = gigabytes(Math.max(...samples.map(({ bytes }) => bytes)))
  return html`<p>${sentence(from === to ? texts.graphOfDay(to, now) : texts.graph(from, to, now, most))}</p>
${storageGraph(samples, gigabytes)}
<dl>
<dt>${texts.backups}</dt><dd>${gigabytes(last?.currentBytes ?? 0)}</dd>
<dt>${texts.oldVersions}</dt><dd>${gigabytes(last?.oldBytes ?? 0)}</dd>
<dt>${texts.openUploads}</dt><dd>${gigabytes(last?.uploadBytes ?? 0)}</dd>
<dt>${texts.inAll}</dt><dd>${capGigabytes === undefined ? now : texts.ofCap(now, capGigabytes)}</dd>
<dt>${texts.measured}</dt><dd>${to}</dd>
</dl>`
}
