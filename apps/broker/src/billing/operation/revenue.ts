import type { Pool } from 'pg'
import { z } from 'zod'
import { credits } from '../credits.ts'

export const MonthlyRevenue = z.object({
  /** Such as `2026-11`, UTC. */
  month: z.string(),
  /** Credits that the payment service captured. */
  captured: z.number(),
  /** Credits spent from what the broker keeps: bought before, granted or refunded. */
  spentFromKept: z.number(),
  /** Credits bought through Stripe, less what was taken back. */
  bought: z.number(),
  charges: z.int(),
})
export type MonthlyRevenue = z.infer<typeof MonthlyRevenue>

/** What was earned in each month, the newest first. */
export async function revenueByMonth(pool: Pool): Promise<MonthlyRevenue[]> {
  const { rows } = await pool.query<{
    month: string
    captured: string
    kept: string
    bought: string
    charges: string
  }>(
    `SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM') AS month, SUM(captured) AS captured, SUM(kept) AS kept,
       SUM(bought) AS bought, SUM(charges) AS charges
     FROM (SELECT at, provider_part AS captured, kept_part AS kept, 0 AS bought, 1 AS charges FROM ledger_entry
         WHERE state = 'captured'
       UNION ALL SELECT at, 0, 0, amount, 0 FROM credit_entry WHERE kind IN ('purchase', 'purchase_returned')) moved
     GROUP BY 1 ORDER BY 1 DESC LIMIT 120`,
  )
  return rows.map(({ month, captured, kept, bought, charges }) => ({
    month,
    captured: credits(Number(captured)),
    spentFromKept: credits(Number(kept)),
    bought: credits(Number(bought)),
    charges: Number(charges),
  }))
}
