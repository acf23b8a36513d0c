import type { Pool } from 'pg'

/** Accounts that should have been counted and were not, and the oldest moment since when. */
export interface LateCount {
  readonly accounts: number
  readonly since: Date | undefined
}

/** `before`: counted once, but neither today nor yesterday; `never`: should have been, by the end of yesterday. */
export interface LateSamples {
  readonly before: LateCount
  readonly never: LateCount
}

const NONE: LateCount = { accounts: 0, since: undefined }
export const NONE_LATE: LateSamples = { before: NONE, never: NONE }

/** Nothing is late of an account that came, or where counting began, within the last two days (UTC). */
const LATE = `SELECT last.sampled_at IS NULL AS is_never, count(*)::int AS accounts,
    min(coalesce(last.sampled_at, due.since)) AS since
  FROM account a
    LEFT JOIN LATERAL (SELECT day, sampled_at FROM usage_sample u WHERE u.account_id = a.id ORDER BY day DESC LIMIT 1) last
      ON TRUE
    CROSS JOIN (SELECT min(day)::timestamp AT TIME ZONE 'UTC' AS at FROM usage_run) begun
    CROSS JOIN LATERAL (SELECT greatest(a.created_at, begun.at) AS since) due
  WHERE coalesce(last.day < $1::date, begun.at IS NOT NULL AND due.since < $2)
  GROUP BY 1`

/** Each account is counted once a day (UTC); late is whoever was not counted on the last whole day, nor since. */
export async function lateSamples(pool: Pool, now: Date): Promise<LateSamples> {
  const yesterday = new Date(now.getTime() - 86_400_000).toISOString().slice(0, 10)
  const { rows } = await pool.query<{ is_never: boolean; accounts: number; since: Date }>(LATE, [
    yesterday,
    new Date(`${yesterday}T00:00:00Z`),
  ])
  const of = (isNever: boolean): LateCount => {
    const found = rows.find(row => row.is_never === isNever)
    return found === undefined ? NONE : { accounts: found.accounts, since: found.since }
  }
  return { before: of(false), never: of(true) }
}
