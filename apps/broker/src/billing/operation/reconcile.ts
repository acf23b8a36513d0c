import type { Pool } from 'pg'
import type { Renewal } from '../charging/renewal.ts'
import type { BillingControl } from '../control.ts'
import { amountOf, credits } from '../credits.ts'
import { lateHoldCounts, lateHoldsLeft } from '../ledger/late-holds.ts'
import { openAttempts } from '../ledger/open-attempts.ts'
import type { LeftOpen } from '../left-open.ts'
import { missingPlans } from '../plans/missing-plans.ts'
import type { Plans } from '../plans/plan.ts'
import type { PaymentProviders } from '../providers/payment-provider.ts'
import { type BalanceComparison, type CompareOptions, compareBalances } from './compare-balances.ts'
import { purchaseDifferences } from './compare-purchases.ts'
import { doubtfulCharges } from './doubtful-charges.ts'
import type { KeptDifference, Reconciliation } from './reconciliation.ts'
import { REMARKS } from './remarks.ts'

export interface ReconcileDependencies {
  readonly pool: Pool
  readonly renewal: Renewal
  readonly plans: Plans
  readonly providers: PaymentProviders
  readonly control: BillingControl
  readonly now: () => Date
}

const LAST = `SELECT DISTINCT ON (charge_id) * FROM ledger_entry ORDER BY charge_id, attempt DESC, sequence DESC`

/** Repeats what is not final, also while billing is paused, then compares every sum that can be compared. */
export async function reconcile(
  { pool, renewal, plans, providers, control, now }: ReconcileDependencies,
  options: CompareOptions = {},
): Promise<Reconciliation> {
  const reconciled = await control.reconciling()
  const repeated = await renewal.resumeAll({ whilePaused: true })
  const { rows } = await pool.query<Record<'captured' | 'received' | 'spent' | 'left' | 'aside', string>>(
    `WITH last AS (${LAST})
     SELECT (SELECT COALESCE(SUM(provider_part), 0) FROM last WHERE state = 'captured') AS captured,
       (SELECT COALESCE(SUM(amount), 0) FROM credit_entry WHERE kind NOT IN ('spent', 'given_back')) AS received,
       (SELECT COALESCE(-SUM(amount), 0) FROM credit_entry WHERE kind IN ('spent', 'given_back')) AS spent,
       (SELECT COALESCE(SUM(amount), 0) FROM credit_entry) AS left,
       (SELECT COUNT(*) FROM stripe_event WHERE NOT applied) AS aside`,
  )
  const [row] = rows
  if (row === undefined) throw new Error('The database gave no sums.')
  const differing = await keptDifferences(pool)
  const purchases = await purchaseDifferences(pool)
  const balances = await compareBalances({ pool, providers, now }, options)
  const inDoubt = (await doubtfulCharges(pool, now())).map(({ made: _made, ...attempt }) => attempt)
  const open = await openAttempts(pool)
  const lateHolds = await lateHoldCounts(pool)
  await reconciled(leftOpen(balances, await accountsWithOpenAttempts(pool), options))
  return {
    repeated,
    stillOpen: open.reduce((sum, { count }) => sum + count, 0),
    open,
    inDoubt,
    lateHolds: {
      count: lateHolds.reduce((sum, { count }) => sum + count, 0),
      holds: await lateHoldsLeft(pool),
    },
    missingPlans: await missingPlans(pool, plans),
    capturedByProvider: credits(amountOf(row.captured)),
    kept: {
      received: credits(amountOf(row.received)),
      spent: credits(amountOf(row.spent)),
      left: credits(amountOf(row.left)),
      agrees: differing.length === 0,
      differing,
    },
    purchases: { agrees: purchases.length === 0, differing: purchases },
    ...(balances === undefined ? {} : { balances }),
    stripeAside: Number(row.aside),
    remarks: balances === undefined ? [] : Object.values(REMARKS),
  }
}

/** Where no service keeps balances, everything but open attempts stands in these books, which were compared. */
function leftOpen(
  balances: BalanceComparison | undefined,
  openPayments: number,
  { accept = false, creditMissing }: CompareOptions,
): LeftOpen {
  if (balances === undefined) return { openPayments, lateHolds: 0, unanswered: 0, missing: 0, firstRead: 0 }
  const { lateHolds, unanswered, firstRead, missing } = balances
  const isDecided = accept || creditMissing !== undefined
  // Also those whose payment ended while the others were read: they were not compared.
  const notCompared = Math.max(openPayments, balances.openPayments)
  return {
    openPayments: notCompared,
    lateHolds,
    unanswered,
    missing: isDecided ? 0 : missing.length,
    firstRead,
  }
}

/** Through whatever service, also one that is not set up any more. */
async function accountsWithOpenAttempts(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    'SELECT COUNT(DISTINCT c.account_id)::int AS count FROM open_charge o JOIN charge c ON c.id = o.charge_id',
  )
  return rows[0]?.count ?? 0
}

const MOST_DIFFERING = 100

/** One account after the other: what lacks at one and is too much at another agrees in sum. */
async function keptDifferences(pool: Pool): Promise<KeptDifference[]> {
  const { rows } = await pool.query<{ account_id: string; spent: string; charged: string }>(
    `WITH last AS (${LAST}),
       charged AS (SELECT c.account_id, SUM(l.kept_part) AS amount FROM last l JOIN charge c ON c.id = l.charge_id
         WHERE l.state NOT IN ('failed', 'cancelled') GROUP BY c.account_id),
       spent AS (SELECT account_id, -SUM(amount) AS amount FROM credit_entry
         WHERE kind IN ('spent', 'given_back') GROUP BY account_id)
     SELECT account_id, COALESCE(s.amount, 0) AS spent, COALESCE(c.amount, 0) AS charged
     FROM spent s FULL JOIN charged c USING (account_id)
     WHERE COALESCE(s.amount, 0) <> COALESCE(c.amount, 0) ORDER BY account_id LIMIT ${MOST_DIFFERING}`,
  )
  return rows.map(row => ({
    accountId: row.account_id,
    spent: credits(amountOf(row.spent)),
    charged: credits(amountOf(row.charged)),
  }))
}
