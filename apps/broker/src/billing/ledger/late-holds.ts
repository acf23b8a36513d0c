import type { Pool } from 'pg'
import { z } from 'zod'

/** A hold that the service made after its attempt had ended, and that is still to be given back. */
export const LateHoldLeft = z.object({
  charge: z.string(),
  accountId: z.uuid(),
  provider: z.string(),
  /** When it was made, at the latest. */
  since: z.iso.datetime(),
})
export type LateHoldLeft = z.infer<typeof LateHoldLeft>

const MOST_TOLD = 100

/** The first hundred that were not given back yet, the oldest first. */
export async function lateHoldsLeft(pool: Pool): Promise<LateHoldLeft[]> {
  const { rows } = await pool.query<{ charge: string; account_id: string; provider: string; since: Date }>(
    `SELECT h.charge_id AS charge, c.account_id, h.provider, h.held_at AS since
     FROM late_hold h JOIN charge c ON c.id = h.charge_id
     WHERE h.ended_at IS NULL ORDER BY h.held_at, h.charge_id LIMIT ${MOST_TOLD}`,
  )
  return rows.map(({ charge, account_id: accountId, provider, since }) => ({
    charge,
    accountId,
    provider,
    since: since.toISOString(),
  }))
}

/** How many of a payment service were not given back yet, and since when the oldest of them is held. */
export interface LateHoldCount {
  readonly provider: string
  readonly count: number
  readonly since: Date
}

export async function lateHoldCounts(pool: Pool): Promise<LateHoldCount[]> {
  const { rows } = await pool.query<LateHoldCount>(
    `SELECT provider, COUNT(*)::int AS count, MIN(held_at) AS since FROM late_hold
     WHERE ended_at IS NULL GROUP BY provider ORDER BY provider`,
  )
  return rows
}
