import { Purpose } from '@odoo-backup/protocol'
import type { Pool } from 'pg'
import { z } from 'zod'
import type { LoggedEvent } from '../audit/logged-events.ts'
import { closeDoorsOf, closeDoorsTo, endSessions, withdrawCodes } from './close-doors.ts'
import { AccountId, InstanceId } from './ids.ts'
import { loggedRevocations } from './logged-revocations.ts'
import type { ActingParty, StandingChanges } from './standing-changes.ts'

export interface Reapplied {
  /** Events of the log that took rights away for good or until further notice. */
  readonly found: number
  readonly revoked: number
  readonly suspended: number
  readonly narrowed: number
  readonly tokens: number
  /** Known already, or of what this database does not have. */
  readonly unchanged: number
  /** Sessions, open approvals and recharge links of these, and sessions of who has logged out since. */
  readonly ended: number
}

export interface ReapplyDependencies {
  readonly pool: Pool
  readonly standingChanges: StandingChanges
  /** Revokes a token of the admin API and writes that down; false where none of the name counts. */
  readonly revokeToken: (name: string, by: ActingParty) => Promise<boolean>
}

/**
 * Takes away again what was taken away after the moment to which the database was restored. Rights are never given
 * back: an account whose last word in the log is a suspension is suspended, and one that was resumed is left as it
 * is; an instance keeps of its purposes those that the last word leaves it. A change whose commit was not confirmed may
 * have been committed all the same, so it counts as made. May be repeated.
 */
export async function reapplyRevocations(
  dependencies: ReapplyDependencies,
  events: AsyncIterable<LoggedEvent>,
): Promise<Reapplied> {
  const { pool, standingChanges, revokeToken } = dependencies
  const found = await loggedRevocations(events)
  const by = (at: Date) => ({
    actor: 'operator',
    reason: `Applied again after a restore; first done at ${at.toISOString()}.`,
  })
  let [revoked, suspended, narrowed, tokens, ended] = [0, 0, 0, 0, 0]
  for (const [text, at] of found.revoked) {
    const instanceId = InstanceId.parse(text)
    if (await standingChanges.revoke({ instanceId }, by(at))) revoked += 1
    ended += await closeDoorsTo(pool, instanceId)
  }
  for (const [text, at] of found.suspended) {
    const accountId = AccountId.parse(text)
    const standing = await suspensionOf(pool, accountId, at)
    if (standing === 'decided_since') continue
    if (standing === 'open' && (await standingChanges.suspend(accountId, by(at)))) suspended += 1
    const closed = await closeDoorsOf(pool, accountId)
    ended += closed.sessions + closed.codes + closed.rechargeLinks
  }
  for (const [text, { at, purposes }] of found.narrowed) {
    const instanceId = InstanceId.parse(text)
    const held = await purposesOf(pool, instanceId, at)
    const left = held.filter(purpose => purposes.includes(purpose))
    if (left.length === held.length) continue
    if (await standingChanges.setPurposes({ instanceId }, left, by(at))) narrowed += 1
  }
  for (const [name, at] of found.tokens) {
    if ((await isTokenOf(pool, name, at)) && (await revokeToken(name, by(at)))) tokens += 1
  }
  for (const [text, at] of found.loggedOut) ended += await endSessions(pool, AccountId.parse(text), at)
  for (const [text, at] of found.withdrawn) ended += await withdrawCodes(pool, AccountId.parse(text), at)
  const all = found.revoked.size + found.suspended.size + found.narrowed.size + found.tokens.size
  const changed = revoked + suspended + narrowed + tokens
  return { found: all, revoked, suspended, narrowed, tokens, unchanged: all - changed, ended }
}

/** Suspended already; decided upon later, such as by a resumption after the restore; or neither. */
async function suspensionOf(
  pool: Pool,
  accountId: AccountId,
  at: Date,
): Promise<'suspended' | 'decided_since' | 'open'> {
  const { rows } = await pool.query<{ is_suspended: boolean; is_decided: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM account WHERE id::text = $1 AND suspended_at IS NOT NULL) AS is_suspended,
       EXISTS (SELECT 1 FROM audit_event WHERE account_id = $1 AND at > $2
         AND action IN ('account.suspended', 'account.resumed')) AS is_decided`,
    [accountId, at],
  )
  if (rows[0]?.is_suspended === true) return 'suspended'
  return rows[0]?.is_decided === true ? 'decided_since' : 'open'
}

/** What an approved instance may do; nothing where that was decided upon later, such as after the restore. */
async function purposesOf(pool: Pool, instanceId: InstanceId, at: Date): Promise<Purpose[]> {
  const { rows } = await pool.query<{ purposes: unknown }>(
    `SELECT i.purposes::text[] AS purposes FROM instance i WHERE i.id = $1 AND i.state = 'approved'
     AND NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.instance_id = i.id::text AND e.at > $2 AND e.outcome = 'done'
       AND e.action IN ('instance.purposes_changed', 'instance.bound'))`,
    [instanceId, at],
  )
  return z.array(Purpose).parse(rows[0]?.purposes ?? [])
}

/** Whether the token of this name is the one that was revoked, and no later one. */
async function isTokenOf(pool: Pool, name: string, revokedAt: Date): Promise<boolean> {
  const { rowCount } = await pool.query('SELECT 1 FROM admin_token WHERE name = $1 AND created_at <= $2', [
    name,
    revokedAt,
  ])
  return (rowCount ?? 0) > 0
}
