import type { Pool } from 'pg'
import { amountOf, credits } from '../credits.ts'
import { CHARGE_MADE, type ChargeMade } from './charge-text.ts'
import type { DoubtfulAttempt } from './reconciliation.ts'

/** An attempt in doubt, and what its charge was made of, which tells it in a reader's language. */
export interface DoubtfulCharge extends DoubtfulAttempt {
  readonly made?: ChargeMade
}

const MOST = 100
const HOLD_HOURS = 3

/** What `reconcile` tells as in doubt, the oldest first, without repeating anything. */
export async function doubtfulCharges(pool: Pool, now: Date): Promise<DoubtfulCharge[]> {
  const { rows } = await pool.query<{
    charge_id: string
    account_id: string
    provider: string
    provider_part: string
    since: Date
    note: string | null
    transaction: string | null
    wording: string
    made: ChargeMade | null
  }>(
    `SELECT o.charge_id, c.account_id, l.provider, l.provider_part, l.note, b.at AS since, l.transaction, c.wording,
       (SELECT to_json(made) FROM (SELECT ${CHARGE_MADE} FROM billing_period p
         WHERE p.account_id = c.account_id AND p.number = c.period) made) AS made
     FROM open_charge o JOIN charge c ON c.id = o.charge_id
     JOIN LATERAL (SELECT * FROM ledger_entry e WHERE e.charge_id = c.id
       ORDER BY e.attempt DESC, e.sequence DESC LIMIT 1) l ON TRUE
     JOIN ledger_entry b ON b.charge_id = c.id AND b.attempt = l.attempt AND b.sequence = 1
     WHERE l.state IN ('authorised', 'unknown') AND b.at <= $1 ORDER BY b.at LIMIT $2`,
    [new Date(now.getTime() - HOLD_HOURS * 3_600_000), MOST],
  )
  return rows.map(row => ({
    charge: row.charge_id,
    accountId: row.account_id,
    provider: row.provider,
    credits: credits(amountOf(row.provider_part)),
    since: row.since.toISOString(),
    note: row.note ?? '',
    what: row.wording,
    ...(row.transaction === null ? {} : { transaction: row.transaction }),
    ...(row.made === null ? {} : { made: row.made }),
  }))
}
