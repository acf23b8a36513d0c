import type { Pool } from 'pg'
import { z } from 'zod'

/** How much there is, and what the audit trail tells of the last moments. */
export interface Overview {
  readonly accounts: number
  readonly suspended: number
  readonly approved: number
  readonly pending: number
  readonly revoked: number
  readonly lately: {
    readonly events: number
    /** When the first of them was. */
    readonly since: Date | undefined
    /** By how often, the most frequent first. */
    readonly groups: readonly {
      readonly action: string
      readonly outcome: 'done' | 'refused'
      readonly count: number
    }[]
  }
}

/** So many events tell of the last moments; a trail of years is not read through for a page. */
const LATELY = 1000

const Counts = z.object({
  accounts: z.coerce.number(),
  suspended: z.coerce.number(),
  approved: z.coerce.number(),
  pending: z.coerce.number(),
  revoked: z.coerce.number(),
})
const Group = z.object({
  action: z.string(),
  outcome: z.enum(['done', 'refused']),
  count: z.coerce.number(),
  since: z.date(),
})

export async function readOverview(pool: Pool): Promise<Overview> {
  const [counted, events] = await Promise.all([
    pool.query(
      `SELECT (SELECT count(*) FROM account) AS accounts,
              (SELECT count(*) FROM account WHERE suspended_at IS NOT NULL) AS suspended,
              count(*) FILTER (WHERE state = 'approved') AS approved,
              count(*) FILTER (WHERE state = 'pending') AS pending,
              count(*) FILTER (WHERE state = 'revoked') AS revoked
         FROM instance`,
    ),
    pool.query(
      `SELECT action, outcome, count(*), min(at) AS since
         FROM (SELECT action, outcome, at FROM audit_event ORDER BY id DESC LIMIT $1) last
        GROUP BY action, outcome ORDER BY count(*) DESC, action, outcome`,
      [LATELY],
    ),
  ])
  const groups = events.rows.map(row => Group.parse(row))
  const first = Math.min(...groups.map(({ since }) => since.getTime()))
  return {
    ...Counts.parse(counted.rows[0]),
    lately: {
      events: groups.reduce((sum, { count }) => sum + count, 0),
      since: groups.length === 0 ? undefined : new Date(first),
      groups,
    },
  }
}
