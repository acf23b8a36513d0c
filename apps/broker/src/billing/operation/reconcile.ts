import type { Pool } from 'pg'
import type { Renewal } from '../charging/renewal.ts'
import { amountOf, credits } from '../credits.ts'
import type { PaymentProvider } from '../providers/payment-provider.ts'
import { type BalanceComparison, compareBalances } from './compare-balances.ts'

/** What the books hold against themselves and against the payment service. Credits. */
export interface Reconciliation {
  /** Open attempts that were looked at, and those that are still open afterwards. */
  readonly repeated: number
  readonly stillOpen: number
  /** Captured at the payment service, by our books. */
  readonly capturedByProvider: number
  /** Kept credits: what came in, what was spent, what is left. `left` is exactly their difference. */
  readonly kept: {
    readonly received: number
    readonly spent: number
    readonly left: number
    readonly agrees: boolean
  }
  /** Each account's balance at the payment service; absent where it keeps none. */
  readonly balances?: BalanceComparison
  /** Messages of Stripe that wait for the operator. */
  readonly stripeAside: number
  /** What nobody can know from here. */
  readonly remarks: readonly string[]
}

export interface ReconcileDependencies {
  readonly pool: Pool
  readonly renewal: Renewal
  readonly provider: PaymentProvider
  readonly now: () => Date
}

const LAST = `SELECT DISTINCT ON (charge_id) * FROM ledger_entry ORDER BY charge_id, attempt DESC, sequence DESC`

/** Repeats what is not final, then compares every sum that can be compared. */
export async function reconcile(
  { pool, renewal, provider, now }: ReconcileDependencies,
  options: { readonly accept: boolean } = { accept: false },
): Promise<Reconciliation> {
  const repeated = await renewal.resumeAll()
  const { rows } = await pool.query<
    Record<'open' | 'captured' | 'kept_spent' | 'received' | 'spent' | 'left' | 'aside', string>
  >(
    `WITH last AS (${LAST})
     SELECT (SELECT COUNT(*) FROM last WHERE state IN ('planned', 'authorised', 'unknown')) AS open,
       (SELECT COALESCE(SUM(provider_part), 0) FROM last WHERE state = 'captured') AS captured,
       (SELECT COALESCE(SUM(kept_part), 0) FROM last WHERE state NOT IN ('failed', 'cancelled')) AS kept_spent,
       (SELECT COALESCE(SUM(amount), 0) FROM credit_entry WHERE kind NOT IN ('spent', 'given_back')) AS received,
       (SELECT COALESCE(-SUM(amount), 0) FROM credit_entry WHERE kind IN ('spent', 'given_back')) AS spent,
       (SELECT COALESCE(SUM(amount), 0) FROM credit_entry) AS left,
       (SELECT COUNT(*) FROM stripe_event WHERE NOT applied) AS aside`,
  )
  const [row] = rows
  if (row === undefined) throw new Error('The database gave no sums.')
  const spent = amountOf(row.spent)
  const balances =
    provider.name === 'iap' ? await compareBalances({ pool, provider, now }, options) : undefined
  return {
    repeated,
    stillOpen: Number(row.open),
    capturedByProvider: credits(amountOf(row.captured)),
    kept: {
      received: credits(amountOf(row.received)),
      spent: credits(spent),
      left: credits(amountOf(row.left)),
      agrees: spent === amountOf(row.kept_spent),
    },
    ...(balances === undefined ? {} : { balances }),
    stripeAside: Number(row.aside),
    remarks:
      provider.name === 'iap'
        ? [
            'Odoo’s in-app purchase service lists no transactions: a hold whose answer was lost, and which ends by itself after two hours, cannot be seen from here.',
            'It does not tell what was bought: credit that was bought between two readings hides credit that left without a row here. Accounts that are read for the first time have nothing to be compared with.',
            'It refunds and grants nothing: both are credits kept by this broker, which are spent first.',
          ]
        : [],
  }
}
