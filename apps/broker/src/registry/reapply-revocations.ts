import type { Pool } from 'pg'
import type { LoggedEvent } from '../audit/logged-events.ts'
import { AccountId, InstanceId } from './ids.ts'
import type { StandingChanges } from './standing-changes.ts'

export interface Reapplied {
  /** Events of the log that took rights away for good or until further notice. */
  readonly found: number
  readonly revoked: number
  readonly suspended: number
  /** Known already, or of instances and accounts that this database does not have. */
  readonly unchanged: number
}

/**
 * Takes away again what was taken away after the moment to which the database was restored. Rights are never given
 * back: an account whose last word in the log is a suspension is suspended, and one that was resumed is left as it
 * is. May be repeated.
 */
export async function reapplyRevocations(
  { pool, standingChanges }: { readonly pool: Pool; readonly standingChanges: StandingChanges },
  events: AsyncIterable<LoggedEvent>,
): Promise<Reapplied> {
  const revokedAt = new Map<string, Date>()
  const standings = new Map<string, LoggedEvent>()
  for await (const event of events) {
    const { action, outcome, accountId, instanceId, at } = event
    if (outcome !== 'done') continue
    if (action === 'instance.revoked' && instanceId !== undefined) revokedAt.set(instanceId, at)
    if (accountId !== undefined && (action === 'account.suspended' || action === 'account.resumed')) {
      const known = standings.get(accountId)
      // Logs of several brokers are not in the order of time.
      if (known === undefined || known.at <= at) standings.set(accountId, event)
    }
  }
  const by = (at: Date) => ({
    actor: 'operator',
    reason: `Applied again after a restore; first done at ${at.toISOString()}.`,
  })
  let [revoked, suspended] = [0, 0]
  for (const [id, at] of revokedAt)
    if (await standingChanges.revoke({ instanceId: InstanceId.parse(id) }, by(at))) revoked += 1
  const suspensions = [...standings].filter(([, { action }]) => action === 'account.suspended')
  for (const [id, { at }] of suspensions) {
    if (await isDecidedSince(pool, id, at)) continue
    if (await standingChanges.suspend(AccountId.parse(id), by(at))) suspended += 1
  }
  const found = revokedAt.size + suspensions.length
  return { found, revoked, suspended, unchanged: found - revoked - suspended }
}

/** Suspended already, or the database knows of a later decision, such as a resumption after the restore. */
async function isDecidedSince(pool: Pool, accountId: string, at: Date): Promise<boolean> {
  const { rowCount } = await pool.query(
    `SELECT 1 FROM account WHERE id::text = $1 AND suspended_at IS NOT NULL
     UNION ALL SELECT 1 FROM audit_event WHERE account_id = $1 AND at > $2
       AND action IN ('account.suspended', 'account.resumed') LIMIT 1`,
    [accountId, at],
  )
  return (rowCount ?? 0) > 0
}
