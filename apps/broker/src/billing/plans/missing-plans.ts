import type { Log } from '@odoo-backup/service'
import type { Pool } from 'pg'
import { z } from 'zod'
import type { Plans } from './plan.ts'

/** A plan that accounts are on, and that the settings do not have. */
export const MissingPlan = z.object({ plan: z.string(), accounts: z.int() })
export type MissingPlan = z.infer<typeof MissingPlan>

/** By name. */
export async function missingPlans(pool: Pool, plans: Plans): Promise<MissingPlan[]> {
  const { rows } = await pool.query<MissingPlan>(
    `SELECT plan, COUNT(*)::int AS accounts FROM billing_account
     WHERE plan <> ALL($1::text[]) GROUP BY plan ORDER BY plan`,
    [plans.names],
  )
  return rows
}

/** Logs an error while there are some: these accounts are served and not charged until somebody notices. */
export async function logMissingPlans({
  pool,
  plans,
  log,
}: {
  readonly pool: Pool
  readonly plans: Plans
  readonly log: Pick<Log, 'error'>
}): Promise<void> {
  const missing = await missingPlans(pool, plans)
  if (missing.length > 0)
    log.error(
      { missing },
      'accounts are on plans that the settings do not have: nothing new is charged to them until BROKER_PLANS has these, or they are given another',
    )
}
