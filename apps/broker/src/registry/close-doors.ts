import type { Pool } from 'pg'
import type { AccountId, InstanceId } from './ids.ts'
import { after, LIFETIME } from './lifetimes.ts'

/** How many of each kind of door were closed. */
export interface ClosedDoors {
  readonly sessions: number
  /** Approvals that wait for their code, and questions that wait for an approval. */
  readonly codes: number
  readonly rechargeLinks: number
}

/** Ends what lets somebody in for an account without asking again: its sessions, open codes and questions, and links. */
export async function closeDoorsOf(pool: Pool, accountId: AccountId): Promise<ClosedDoors> {
  const gone = async (statement: string) => (await pool.query(statement, [accountId])).rowCount ?? 0
  return {
    sessions: await endSessions(pool, accountId, undefined),
    codes:
      (await gone('DELETE FROM binding_code WHERE account_id = $1')) +
      (await gone('DELETE FROM consent WHERE account_id = $1')),
    rechargeLinks: await gone('DELETE FROM recharge_link WHERE account_id = $1'),
  }
}

/** Ends the sessions of an account that began before a moment; all, where none is given. */
export async function endSessions(
  pool: Pool,
  accountId: AccountId,
  before: Date | undefined,
): Promise<number> {
  const { rowCount } = await pool.query(
    `DELETE FROM session WHERE account_id = $1 AND authenticated_at <= COALESCE($2::timestamptz, 'infinity')`,
    [accountId, before ?? null],
  )
  return rowCount ?? 0
}

/** Makes approvals of an account worthless that were given before a moment and whose code was not brought yet. */
export async function withdrawCodes(pool: Pool, accountId: AccountId, before: Date): Promise<number> {
  const { rowCount } = await pool.query(
    'DELETE FROM binding_code WHERE account_id = $1 AND expires_at <= $2',
    [accountId, after(before, LIFETIME.bindingCode)],
  )
  return rowCount ?? 0
}

/** Makes approvals of an instance worthless whose code was not brought yet, and questions about it. */
export async function closeDoorsTo(pool: Pool, instanceId: InstanceId): Promise<number> {
  const codes = await pool.query('DELETE FROM binding_code WHERE instance_id = $1', [instanceId])
  const questions = await pool.query(
    'DELETE FROM consent WHERE login_request_id IN (SELECT id FROM login_request WHERE instance_id = $1)',
    [instanceId],
  )
  return (codes.rowCount ?? 0) + (questions.rowCount ?? 0)
}
