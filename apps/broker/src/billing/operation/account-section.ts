import { type Html, HttpProblem, html } from '@odoo-backup/service'
import type { Pool } from 'pg'
import { type UsageDay, usageReport } from '../../usage/usage-report.ts'
import { formatCredits } from '../credits.ts'
import type { Billing } from '../open-billing.ts'
import { type AccountBalance, accountBalance, type BooksDependencies } from './account-books.ts'

/** A month's charge and whether it is paid. */
interface ChargeLine {
  readonly wording: string
  readonly amount: string
  readonly state: string | null
}

const stateWords: Readonly<Record<AccountBalance['state'], string>> = {
  trial: 'Trial: nothing is charged yet.',
  paid: 'Paid: everything works.',
  grace: 'A payment is due. Everything still works for now.',
  restore_only: 'A payment is due. Backups can be restored, but no new ones are taken.',
  lapsed: 'A payment is due. Your backups are kept, but nothing can be taken or restored until it is paid.',
  suspended: 'Suspended by the operator.',
  not_billed: 'Not used yet: the first month begins with the first backup.',
}

/** The account page's part on money and storage: balance, plan, what the last months cost and why, a graph. */
export function createBillingSection(
  dependencies: BooksDependencies & Pick<Billing, 'rechargeUrl'>,
): (account: { readonly id: string }, formToken: Html) => Promise<Html> {
  return async (account, formToken) => {
    const [balance, charges, usage] = await Promise.all([
      accountBalance(dependencies, account.id),
      recentCharges(dependencies.pool, account.id),
      usageReport(dependencies.pool, account.id, 90),
    ])
    if (balance === undefined) return html``
    const buying = await buyingButton(dependencies, account.id, formToken)
    return html`<h2>Credit</h2>
${standing(balance)}
${buying}
${charges.length === 0 ? '' : costs(charges, balance.currencyLabel)}
<h2>Storage</h2>
${usage.length === 0 ? html`<p>Not measured yet: it is done once a day.</p>` : storage(usage)}`
  }
}

async function buyingButton(
  { rechargeUrl }: Pick<Billing, 'rechargeUrl'>,
  accountId: string,
  formToken: Html,
): Promise<Html> {
  try {
    await rechargeUrl(accountId)
    return html`<form method="post" action="/account/recharge">${formToken}<p class="actions"><button type="submit">Buy credit</button></p></form>`
  } catch (error) {
    if (!(error instanceof HttpProblem) || error.code !== 'no_online_payment') throw error
    return html`<p>Credit is given by the operator of this service.</p>`
  }
}

function standing(balance: AccountBalance): Html {
  const { state, plan, currencyLabel, kept, held, owed, paidUntil, changesAt } = balance
  const isGood = state === 'paid' || state === 'trial' || state === 'not_billed'
  const amount = (value: number) => `${formatCredits(Math.round(value * 1000))} ${currencyLabel}`
  return html`<p class="${isGood ? 'good' : 'danger'}"${!isGood && html` role="status"`}>${stateWords[state]}</p>
<dl>
<dt>Plan</dt><dd>${plan}</dd>
${held !== undefined && held !== 0 && html`<dt>Bought</dt><dd>${amount(held)}</dd>`}
<dt>Kept for you here</dt><dd>${amount(kept)}</dd>
${owed > 0 && html`<dt>Due</dt><dd class="danger">${amount(owed)}</dd>`}
${paidUntil !== undefined && html`<dt>This month ends</dt><dd>${paidUntil.slice(0, 10)}</dd>`}
${changesAt !== undefined && html`<dt>Changes on</dt><dd>${changesAt.slice(0, 10)}</dd>`}
</dl>`
}

async function recentCharges(pool: Pool, accountId: string): Promise<ChargeLine[]> {
  const { rows } = await pool.query<ChargeLine>(
    `SELECT c.wording, c.amount, (SELECT e.state FROM ledger_entry e WHERE e.charge_id = c.id
       ORDER BY e.attempt DESC, e.sequence DESC LIMIT 1) AS state
     FROM charge c WHERE c.account_id = $1 ORDER BY c.due_at DESC, c.id DESC LIMIT 12`,
    [accountId],
  )
  return rows
}

function costs(charges: readonly ChargeLine[], currencyLabel: string): Html {
  const word = (state: string | null) => {
    if (state === 'captured') return html`<span class="good">paid</span>`
    return state === 'failed' || state === 'cancelled' || state === null
      ? html`<span class="danger">due</span>`
      : html`<span class="warn">being paid</span>`
  }
  return html`<h3>What the last months cost</h3>
<div class="scroll"><table><thead><tr><th>What</th><th class="number">${currencyLabel}</th><th>State</th></tr></thead><tbody>
${charges.map(
  ({ wording, amount, state }) =>
    html`<tr><td>${wording}</td><td class="number">${formatCredits(Number(amount))}</td><td>${word(state)}</td></tr>`,
)}
</tbody></table></div>`
}

const WIDTH = 640
const HEIGHT = 120

function storage(usage: readonly UsageDay[]): Html {
  const totals = usage.map(({ currentBytes, oldBytes, uploadBytes }) => currentBytes + oldBytes + uploadBytes)
  const most = Math.max(...totals, 1)
  const last = usage.at(-1)
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(2)} GB`
  const points = totals.map((bytes, index) => {
    const x = totals.length === 1 ? WIDTH : (index / (totals.length - 1)) * WIDTH
    return `${x.toFixed(1)},${(HEIGHT - (bytes / most) * (HEIGHT - 8)).toFixed(1)}`
  })
  if (points.length === 1) points.unshift(`0,${points[0]?.split(',')[1]}`)
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Storage from ${usage[0]?.day} to ${last?.day}: now ${gigabytes(totals.at(-1) ?? 0)}, at most ${gigabytes(most)}">
<polyline points="${points.join(' ')}" fill="none" stroke="currentColor" stroke-width="2"/></svg>
<dl>
<dt>Backups</dt><dd>${gigabytes(last?.currentBytes ?? 0)} in ${last?.currentObjects ?? 0} objects</dd>
<dt>Old versions</dt><dd>${gigabytes(last?.oldBytes ?? 0)}</dd>
<dt>Open uploads</dt><dd>${gigabytes(last?.uploadBytes ?? 0)}</dd>
<dt>Measured</dt><dd>${last?.day}</dd>
</dl>`
}
