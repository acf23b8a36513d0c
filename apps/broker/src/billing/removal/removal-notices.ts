import type { NoticeBoard } from '../../notices/notice-board.ts'
import type { RegistryDatabase } from '../../registry/database.ts'
import type { AccountStanding } from '../charging/account-standing.ts'

const DAY_MS = 86_400_000
/** Conditions of notices, which end when the debt is paid. */
export const REMOVAL_CONDITIONS = ['removal_first', 'removal_second'] as const

/** Which notices of a removal an account was given since its debt began. */
export interface RemovalNotices {
  readonly first: Date | undefined
  readonly second: Date | undefined
}

/** Notices from an earlier debt, which was paid, do not count. */
export async function readRemovalNotices(
  { pool }: RegistryDatabase,
  { accountId, debt }: AccountStanding,
): Promise<RemovalNotices> {
  const { rows } = await pool.query<{ condition: string; created_at: Date }>(
    `SELECT condition, MIN(created_at) AS created_at FROM notice
     WHERE account_id = $1 AND condition = ANY($2) AND withdrawn_at IS NULL AND created_at >= $3 GROUP BY condition`,
    [accountId, REMOVAL_CONDITIONS, debt?.dueAt ?? new Date(8.64e15)],
  )
  const given = (condition: string) => rows.find(row => row.condition === condition)?.created_at
  return { first: given('removal_first'), second: given('removal_second') }
}

/** When the next step towards a removal may be taken: the second notice, or the removal itself. */
export function nextStep(
  { first, second }: RemovalNotices,
  days: number,
): { readonly step: 'first notice' | 'second notice' | 'removal'; readonly from: Date } {
  const later = (moment: Date) => new Date(moment.getTime() + days * DAY_MS)
  if (first === undefined) return { step: 'first notice', from: new Date(0) }
  if (second === undefined) return { step: 'second notice', from: later(first) }
  // The second has come before its time only if somebody wrote it by hand: then the whole time begins anew.
  return { step: 'removal', from: later(new Date(Math.max(second.getTime(), later(first).getTime()))) }
}

/** Tells the account, by agents, page and mail, that what it stores will be removed. */
export async function giveRemovalNotice(
  notices: NoticeBoard,
  accountId: string,
  { isSecond, removedFrom }: { readonly isSecond: boolean; readonly removedFrom: Date },
): Promise<void> {
  const condition = REMOVAL_CONDITIONS[isSecond ? 1 : 0]
  // What is left of an earlier debt makes room.
  await notices.withdrawCondition(accountId, condition)
  await notices.raiseCondition(accountId, condition, {
    type: 'other',
    text: { code: 'removal', isLast: isSecond, from: removedFrom.toISOString().slice(0, 10) },
  })
}
