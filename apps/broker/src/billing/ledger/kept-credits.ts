import type { Pool, PoolClient } from 'pg'
import { amountOf } from '../credits.ts'

/**
 * Movements of the credits that the broker itself keeps for an account: `grant`, `refund` and `purchase` add,
 * `purchase_returned` takes back, `spent` pays a charge, `given_back` undoes that. They are spent before the payment
 * service is asked.
 */
export type CreditKind = 'grant' | 'refund' | 'purchase' | 'purchase_returned' | 'spent' | 'given_back'

export interface CreditMovement {
  readonly accountId: string
  readonly kind: CreditKind
  /** Thousandths; negative takes away. */
  readonly amount: number
  /** The same kind and reference count once. */
  readonly reference: string
  readonly reason?: string
  /** Who, as in the audit trail. */
  readonly actor: string
  readonly at: Date
}

/** The balance, with the account locked until the transaction ends, so that nobody spends it at the same time. */
export async function lockCredits(client: PoolClient, accountId: string): Promise<number> {
  await client.query('SELECT 1 FROM account WHERE id = $1 FOR NO KEY UPDATE', [accountId])
  return readBalance(client, accountId)
}

/** The kept credits of an account in thousandths; negative after a purchase was taken back. */
export async function readBalance(database: Pool | PoolClient, accountId: string): Promise<number> {
  const { rows } = await database.query<{ balance: string }>(
    'SELECT COALESCE(SUM(amount), 0) AS balance FROM credit_entry WHERE account_id = $1',
    [accountId],
  )
  return amountOf(rows[0]?.balance ?? 0)
}

/** What a reference was booked for before, in thousandths; undefined: nothing. */
export async function findCredit(
  database: Pool | PoolClient,
  { kind, reference }: Pick<CreditMovement, 'kind' | 'reference'>,
): Promise<number | undefined> {
  const { rows } = await database.query<{ amount: string }>(
    'SELECT amount FROM credit_entry WHERE kind = $1 AND reference = $2',
    [kind, reference],
  )
  return rows[0] === undefined ? undefined : amountOf(rows[0].amount)
}

/** Books a movement. False: it had been booked before. */
export async function addCredit(database: Pool | PoolClient, movement: CreditMovement): Promise<boolean> {
  const { rowCount } = await database.query(
    `INSERT INTO credit_entry (account_id, kind, amount, reference, reason, actor, at)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (kind, reference) DO NOTHING`,
    [
      movement.accountId,
      movement.kind,
      movement.amount,
      movement.reference,
      movement.reason ?? null,
      movement.actor,
      movement.at,
    ],
  )
  return rowCount === 1
}
