import type { Pool } from 'pg'
import { z } from 'zod'
import { inTransaction } from '../../registry/transaction.ts'
import { amountOf, credits } from '../credits.ts'
import { addCredit } from '../ledger/kept-credits.ts'
import type { PaymentProviders } from '../providers/payment-provider.ts'

/** Why an account could not be compared. */
const UncertainAccount = z.object({
  accountId: z.uuid(),
  why: z.enum(['first_read', 'open_payment', 'late_hold', 'no_answer']),
})
type UncertainAccount = z.infer<typeof UncertainAccount>

/** What the payment service holds for each account, against the last time it was read. */
export const BalanceComparison = z.object({
  /** Accounts whose balance fell by no more than the books say was captured since. */
  agreeing: z.int(),
  /** Read for the first time: there is nothing to compare with yet. */
  firstRead: z.int(),
  /** With a payment that is not final: the balance says nothing yet. */
  openPayments: z.int(),
  /** With a hold that came too late and was not given back yet: nobody documents whether a balance counts it. */
  lateHolds: z.int(),
  /** Whose balance the service did not tell. */
  unanswered: z.int(),
  /** The first hundred accounts that could not be compared, with why. */
  uncertain: z.array(UncertainAccount),
  /** Credits that left accounts without a row in these books, such as payments made after a backup of them. */
  missing: z.array(z.object({ accountId: z.uuid(), credits: z.number() })),
})
export type BalanceComparison = z.infer<typeof BalanceComparison>

export interface CompareOptions {
  /** Take balances from which credit is missing as they are from now on. */
  readonly accept?: boolean
  /** Give what is missing back as kept credit, so that it pays the months whose rows are missing. */
  readonly creditMissing?: { readonly actor: string; readonly reason: string } | undefined
}

interface Row {
  id: string
  payment_token: string
  captured: string
  is_open: boolean
  has_late_hold: boolean
  state: string
  known_held: string | null
  known_captured: string | null
  known_read_at: Date | null
}

const PAGE = 100
const MOST_UNCERTAIN = 100
const LAST = `SELECT DISTINCT ON (e.charge_id) e.state, e.provider_part, e.provider FROM ledger_entry e
  JOIN charge c ON c.id = e.charge_id WHERE c.account_id = a.id ORDER BY e.charge_id, e.attempt DESC, e.sequence DESC`
const LATE_HOLD =
  'FROM late_hold h JOIN charge c ON c.id = h.charge_id WHERE c.account_id = a.id AND h.provider = $2'
/** Differs when an account's payments went on, or a hold of it came too late. */
const STATE = `concat((SELECT MAX(e.id) FROM ledger_entry e JOIN charge c ON c.id = e.charge_id
  WHERE c.account_id = a.id), ' ', (SELECT COUNT(*) ${LATE_HOLD}))`
const QUERY = `SELECT a.id, a.payment_token, b.held AS known_held, b.captured AS known_captured, b.read_at AS known_read_at,
    (SELECT COALESCE(SUM(provider_part), 0) FROM (${LAST}) l WHERE state = 'captured' AND provider = $2) AS captured,
    EXISTS (SELECT 1 FROM (${LAST}) l WHERE state IN ('planned', 'authorised', 'unknown')) AS is_open,
    EXISTS (SELECT 1 ${LATE_HOLD} AND h.ended_at IS NULL) AS has_late_hold, ${STATE} AS state
  FROM account a JOIN billing_account billed ON billed.account_id = a.id AND billed.anchor_at IS NOT NULL
  LEFT JOIN balance_reading b ON b.account_id = a.id
  WHERE a.id > $1 AND ($3 OR b.account_id IS NOT NULL OR EXISTS (SELECT 1 FROM charge c
    JOIN ledger_entry e ON e.charge_id = c.id WHERE c.account_id = a.id AND e.provider = $2 AND e.provider_part > 0))
  ORDER BY a.id LIMIT ${PAGE}`

/**
 * Reads each account's balance and compares. What is missing is told each time until the account has bought more, or
 * the operator accepts the balances as they are. Where new payments go another way, those accounts are read that ever
 * paid through the service, or were read before. Undefined: no service that keeps balances is set up.
 */
export async function compareBalances(
  {
    pool,
    providers,
    now,
  }: { readonly pool: Pool; readonly providers: PaymentProviders; readonly now: () => Date },
  { accept = false, creditMissing }: CompareOptions = {},
  signal?: AbortSignal,
): Promise<BalanceComparison | undefined> {
  const { keeper, current } = providers
  if (keeper === undefined) return undefined
  let [last, agreeing] = ['00000000-0000-0000-0000-000000000000', 0]
  const missing: { accountId: string; credits: number }[] = []
  const uncertain: UncertainAccount[] = []
  const count = { first_read: 0, open_payment: 0, late_hold: 0, no_answer: 0 }
  const doubt = (accountId: string, why: UncertainAccount['why']) => {
    count[why] += 1
    if (uncertain.length < MOST_UNCERTAIN) uncertain.push({ accountId, why })
  }
  for (;;) {
    const { rows } = await pool.query<Row>(QUERY, [last, keeper.name, keeper === current])
    for (const row of rows) {
      signal?.throwIfAborted()
      last = row.id
      const payer = { accountId: row.id, paymentToken: row.payment_token }
      if (row.is_open || row.has_late_hold) {
        doubt(row.id, row.is_open ? 'open_payment' : 'late_hold')
        continue
      }
      const held = await keeper.balance(payer).catch(() => undefined)
      if (held === undefined) {
        doubt(row.id, 'no_answer')
        continue
      }
      // A month may have been collected while the service was asked: the balance is then of other books than these.
      if ((await stateOf(pool, row.id, keeper.name)) !== row.state) {
        doubt(row.id, 'open_payment')
        continue
      }
      const captured = amountOf(row.captured)
      const lost = lostSince(row, held, captured)
      if (lost === undefined) doubt(row.id, 'first_read')
      else if (lost === 0) agreeing += 1
      else missing.push({ accountId: row.id, credits: credits(lost) })
      if (lost === undefined || lost === 0 || accept || creditMissing !== undefined) {
        await inTransaction(pool, async client => {
          if (creditMissing !== undefined && lost !== undefined && lost > 0) {
            await addCredit(client, {
              accountId: row.id,
              kind: 'refund',
              amount: lost,
              // Once for each reading that it is missing against.
              reference: `missing:${row.id}:${row.known_read_at?.toISOString()}`,
              reason: creditMissing.reason,
              actor: creditMissing.actor,
              at: now(),
            })
          }
          await client.query(
            `INSERT INTO balance_reading (account_id, held, captured, read_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (account_id) DO UPDATE SET held = $2, captured = $3, read_at = $4`,
            [row.id, held, captured, now()],
          )
        })
      }
    }
    if (rows.length < PAGE) {
      return {
        agreeing,
        firstRead: count.first_read,
        openPayments: count.open_payment,
        lateHolds: count.late_hold,
        unanswered: count.no_answer,
        uncertain,
        missing,
      }
    }
  }
}

async function stateOf(pool: Pool, accountId: string, provider: string): Promise<string | undefined> {
  const { rows } = await pool.query<{ state: string }>(
    `SELECT ${STATE} AS state FROM account a WHERE a.id = $1`,
    [accountId, provider],
  )
  return rows[0]?.state
}

/** Thousandths that are gone and not captured by these books; a balance that grew was bought. */
function lostSince(row: Row, held: number, captured: number): number | undefined {
  if (row.known_held === null || row.known_captured === null) return undefined
  const expected = amountOf(row.known_held) - (captured - amountOf(row.known_captured))
  return Math.max(0, expected - held)
}
