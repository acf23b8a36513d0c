import { type Html, HttpProblem, html } from '@odoo-backup/service'
import type { Pool } from 'pg'
import type { AccountSection } from '../../account/account-page.ts'
import { sentence } from '../../pages/line-ends.ts'
import type { Messages } from '../../pages/messages/en.ts'
import { type UsageDay, usageReport } from '../../usage/usage-report.ts'
import { formatCredits } from '../credits.ts'
import type { Billing } from '../open-billing.ts'
import { type AccountBalance, accountBalance, type BooksDependencies } from './account-books.ts'
import { CHARGE_MADE, type ChargeMade, chargeText } from './charge-text.ts'
import { storageGraph } from './storage-graph.ts'

/** A month's charge and whether it is paid. */
interface ChargeLine extends ChargeMade {
  /** In English, as it was written down when it was due. */
  readonly wording: string
  readonly state: string | null
}

/** The account page's part on money and storage: balance, plan, what the last months cost and why, a graph. */
export function createBillingSection(
  dependencies: BooksDependencies & Pick<Billing, 'rechargeUrl'>,
): (account: { readonly id: string }, formToken: Html) => Promise<(words: Messages) => AccountSection> {
  return async (account, formToken) => {
    const [balance, charges, usage] = await Promise.all([
      accountBalance(dependencies, account.id),
      recentCharges(dependencies.pool, account.id),
      usageReport(dependencies.pool, account.id, 90),
    ])
    if (balance === undefined) return () => ({ body: html`` })
    const canBuy = await isSoldOnline(dependencies, account.id)
    return ({ credit: texts }) => ({
      ...(DUE.has(balance.state) ? { urgent: urgent(balance, texts) } : {}),
      body: html`<section class="card"><h2 id="credit">${texts.title}</h2>
${standing(balance, texts)}
${
  // Nobody is served for credit that they buy while suspended.
  balance.state !== 'suspended' &&
  (canBuy
    ? html`<form method="post" action="/account/recharge">${formToken}<p class="actions"><button type="submit">${texts.buy}</button></p></form>`
    : html`<p>${texts.byOperator}</p>`)
}
${charges.length > 0 && costs(charges, balance.currencyLabel, texts)}</section>
<section class="card"><h2>${texts.storage}</h2>
${usage.length === 0 ? html`<p>${texts.notMeasured}</p>` : storage(usage, texts)}</section>`,
    })
  }
}

type Texts = Messages['credit']

/** States in which a payment is due. */
const DUE: ReadonlySet<AccountBalance['state']> = new Set(['grace', 'restore_only', 'lapsed'])

/** What stops, or will: it must be seen before a list of installations that may be long. */
function urgent({ state }: AccountBalance, texts: Texts): Html {
  return html`<p role="alert" class="card danger">${texts.states[state]} <a href="#credit">${texts.toCredit}</a></p>`
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

function standing(balance: AccountBalance, texts: Texts): Html {
  const { state, plan, currencyLabel, kept, held, owed, paidUntil, changesAt } = balance
  const isGood = state === 'paid' || state === 'trial' || state === 'not_billed'
  const amount = (value: number) =>
    `${texts.number(formatCredits(Math.round(value * 1000)))} ${texts.currency(currencyLabel)}`
  return html`<p class="${isGood ? 'good' : 'danger'}"${!isGood && html` role="status"`}>${texts.states[state]}</p>
<dl>
<dt>${texts.plan}</dt><dd>${plan}</dd>
${held !== undefined && held !== 0 && html`<dt>${texts.bought}</dt><dd>${amount(held)}</dd>`}
<dt>${texts.kept}</dt><dd>${amount(kept)}${kept < 0 && html`<br><span class="quiet">${texts.belowZero}</span>`}</dd>
${owed > 0 && html`<dt>${texts.due}</dt><dd class="danger">${amount(owed)}</dd>`}
${paidUntil !== undefined && html`<dt>${texts.monthEnds}</dt><dd>${paidUntil.slice(0, 10)}</dd>`}
${changesAt !== undefined && html`<dt>${texts.changesIn[state] ?? texts.changes}</dt><dd>${changesAt.slice(0, 10)}</dd>`}
</dl>`
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

function what(line: ChargeLine, texts: Texts): Html {
  const own = chargeText(line, texts)
  return own === undefined ? html`<span lang="en">${sentence(line.wording)}</span>` : sentence(own)
}

function costs(charges: readonly ChargeLine[], currencyLabel: string, texts: Texts): Html {
  const currency = texts.currency(currencyLabel)
  // As the names of the other columns begin.
  const column = currency.charAt(0).toUpperCase() + currency.slice(1)
  const word = (state: string | null) => {
    if (state === 'captured') return html`<span class="good">${texts.stateOf.paid}</span>`
    return state === 'failed' || state === 'cancelled' || state === null
      ? html`<span class="danger">${texts.stateOf.due}</span>`
      : html`<span class="warn">${texts.stateOf.open}</span>`
  }
  return html`<h3>${texts.costs}</h3>
<div class="table"><table class="cards"><thead><tr><th>${texts.what}</th><th class="number">${column}</th><th>${texts.state}</th></tr></thead><tbody>
${charges.map(
  charge =>
    html`<tr><td>${what(charge, texts)}</td><td data-label="${column}" class="number">${texts.number(formatCredits(Number(charge.amount)))}</td><td data-label="${texts.state}">${word(charge.state)}</td></tr>`,
)}
</tbody></table></div>`
}

function storage(usage: readonly UsageDay[], texts: Texts): Html {
  const samples = usage.map(({ day, currentBytes, oldBytes, uploadBytes }) => ({
    day,
    bytes: currentBytes + oldBytes + uploadBytes,
  }))
  const last = usage.at(-1)
  const gigabytes = (bytes: number) => `${texts.number((bytes / 1e9).toFixed(2))}\u00a0GB`
  const now = gigabytes(samples.at(-1)?.bytes ?? 0)
  const most = gigabytes(Math.max(...samples.map(({ bytes }) => bytes)))
  return html`<p>${sentence(texts.graph(samples[0]?.day ?? '', last?.day ?? '', now, most))}</p>
${storageGraph(samples, gigabytes)}
<dl>
<dt>${texts.backups}</dt><dd>${texts.inObjects(gigabytes(last?.currentBytes ?? 0), last?.currentObjects ?? 0)}</dd>
<dt>${texts.oldVersions}</dt><dd>${gigabytes(last?.oldBytes ?? 0)}</dd>
<dt>${texts.openUploads}</dt><dd>${gigabytes(last?.uploadBytes ?? 0)}</dd>
<dt>${texts.measured}</dt><dd>${last?.day}</dd>
</dl>`
}
