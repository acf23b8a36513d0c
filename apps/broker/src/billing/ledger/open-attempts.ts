import type { Pool } from 'pg'
import { z } from 'zod'

/** States in which an attempt may still take money. */
export const OPEN_STATES = ['planned', 'authorised', 'unknown'] as const

/** Attempts to collect charges that are not final, by the state of their last step. */
export const OpenAttempts = z.object({
  state: z.enum(OPEN_STATES),
  count: z.int().positive(),
  /** When the first of them was begun. */
  since: z.iso.datetime(),
})
export type OpenAttempts = z.infer<typeof OpenAttempts>

/** So old, no attempt settles by itself any more: holds end within hours, and answers come within seconds. */
export const LONG_OPEN_MS = 24 * 3_600_000

/** The states in which any attempt is now. */
export async function openAttempts(pool: Pool): Promise<OpenAttempts[]> {
  const { rows } = await pool.query<{ state: OpenAttempts['state']; count: number; since: Date }>(
    `SELECT l.state::text, COUNT(*)::int AS count, MIN(b.at) AS since FROM open_charge o
     JOIN LATERAL (SELECT * FROM ledger_entry e WHERE e.charge_id = o.charge_id
       ORDER BY e.attempt DESC, e.sequence DESC LIMIT 1) l ON TRUE
     JOIN ledger_entry b ON b.charge_id = o.charge_id AND b.attempt = l.attempt AND b.sequence = 1
     GROUP BY l.state ORDER BY l.state`,
  )
  return rows.map(({ state, count, since }) => ({ state, count, since: since.toISOString() }))
}

/** Since when an attempt is open that ends only by an operator; undefined: there is none. */
export function stuckSince(attempts: readonly OpenAttempts[], now: Date): Date | undefined {
  const oldest = Math.min(...attempts.map(({ since }) => Date.parse(since)))
  return now.getTime() - oldest > LONG_OPEN_MS ? new Date(oldest) : undefined
}
