import type { Pool } from 'pg'

/** No store issues a credential of a role that lives longer, in hours (AWS and Ceph, `MaxSessionDuration`). */
export const LONGEST_LIFE_HOURS = 12

/**
 * When the last credential that was vended for an account expires, as the audit trail tells; undefined when it knows
 * of none that lives. Each is written down before it is handed out, but a registry that was restored from a backup
 * has forgotten those vended since: that none is known does not mean that none lives.
 */
export async function lastExpiry(pool: Pool, accountId: string, now: Date): Promise<Date | undefined> {
  const { rows } = await pool.query<{ last: Date | null }>(
    `SELECT max((detail->>'expiresAt')::timestamptz) AS last
       FROM audit_event
      WHERE account_id = $1 AND action = 'credentials.vended' AND outcome = 'done'
        AND at > $2::timestamptz - make_interval(hours => $3)`,
    [accountId, now, LONGEST_LIFE_HOURS],
  )
  const last = rows[0]?.last ?? undefined
  return last !== undefined && last > now ? last : undefined
}

/** Whether an account gets credentials: it is not suspended, and has an instance that was not revoked. */
export async function isServed(pool: Pool, accountId: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    `SELECT 1 FROM account a JOIN instance i ON i.account_id = a.id
      WHERE a.id = $1 AND a.suspended_at IS NULL AND i.state = 'approved' LIMIT 1`,
    [accountId],
  )
  return (rowCount ?? 0) > 0
}
