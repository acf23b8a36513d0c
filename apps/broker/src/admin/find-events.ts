import { z } from 'zod'
import type { PrismaClient } from '../registry/generated/client.ts'
import type { AccountId } from '../registry/ids.ts'
import { page } from './paging.ts'

export const RowCursor = z.string().regex(/^[0-9]{1,18}$/, 'Give the nextCursor of the page before.')
export const Detail = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))

/** A row of the audit trail. */
export const AuditRow = z.object({
  id: RowCursor,
  at: z.iso.datetime(),
  action: z.string(),
  outcome: z.enum(['done', 'refused']),
  actor: z.string(),
  accountId: z.string().nullable(),
  instanceId: z.string().nullable(),
  address: z.string().nullable(),
  reason: z.string().nullable(),
  detail: Detail,
})
export type AuditRow = z.infer<typeof AuditRow>

export interface EventQuery {
  readonly accountId?: AccountId | undefined
  /** Of any of these. */
  readonly actions?: readonly string[] | undefined
  readonly outcome?: 'done' | 'refused' | undefined
  readonly cursor?: string | undefined
  readonly limit: number
}

/** A page of the audit trail, newest first. */
export async function findEvents(
  prisma: PrismaClient,
  query: EventQuery,
): Promise<{ items: AuditRow[]; nextCursor?: string }> {
  const { accountId, actions, outcome, cursor, limit } = query
  // The rows of an account are read by its index, those of one action by that of actions.
  const isByEach = accountId === undefined && actions !== undefined && actions.length > 1
  const rows = await prisma.auditEvent.findMany({
    where: {
      ...(isByEach ? { id: { in: await newestOfEach(prisma, actions, query) } } : {}),
      ...(accountId === undefined ? {} : { accountId }),
      ...(actions === undefined || isByEach ? {} : { action: { in: [...actions] } }),
      ...(outcome === undefined ? {} : { outcome }),
      ...(cursor === undefined || isByEach ? {} : { id: { lt: BigInt(cursor) } }),
    },
    orderBy: { id: 'desc' },
    take: limit + 1,
  })
  return page(rows, limit, {
    item: row => AuditRow.parse({ ...row, id: String(row.id), at: row.at.toISOString() }),
    cursor: row => String(row.id),
  })
}

/** Above every id. */
const NO_CURSOR = 9_223_372_036_854_775_807n

/**
 * The ids of the newest rows of several actions, and none that cannot be on the page. Each action is read by itself, by
 * the index of actions: said as a range, since of an equation PostgreSQL knows no order of that index, and looks for
 * rare actions among all rows of the trail.
 */
async function newestOfEach(
  prisma: PrismaClient,
  actions: readonly string[],
  { outcome, cursor, limit }: EventQuery,
): Promise<bigint[]> {
  const before = cursor === undefined ? NO_CURSOR : BigInt(cursor)
  const rows = await prisma.$queryRaw<{ id: bigint }[]>`
    SELECT e.id FROM unnest(${[...actions]}::text[]) AS asked (action) CROSS JOIN LATERAL (
      SELECT id FROM audit_event WHERE action >= asked.action AND (action, id) < (asked.action, ${before}::bigint)
        AND (${outcome ?? null}::text IS NULL OR outcome = ${outcome ?? null}::text)
      ORDER BY action DESC, id DESC LIMIT ${limit + 1}) e
    ORDER BY e.id DESC LIMIT ${limit + 1}`
  return rows.map(({ id }) => id)
}

/** The names of all that the trail tells of, by the alphabet. Goes from name to name by the index, not through the rows. */
export async function knownActions(prisma: PrismaClient): Promise<string[]> {
  const rows = await prisma.$queryRaw<{ action: string }[]>`
    WITH RECURSIVE known AS (
      (SELECT action FROM audit_event ORDER BY action LIMIT 1)
      UNION ALL
      SELECT (SELECT e.action FROM audit_event e WHERE e.action > known.action ORDER BY e.action LIMIT 1)
        FROM known WHERE known.action IS NOT NULL)
    SELECT action FROM known WHERE action IS NOT NULL`
  return rows.map(({ action }) => action)
}

/** Those that are called so, or else all in whose names each word of the text stands. */
export function actionsLike(actions: readonly string[], text: string): string[] {
  const words = text.toLowerCase().split(/\s+/)
  const exact = actions.filter(action => action === text)
  return exact.length > 0 ? exact : actions.filter(action => words.every(word => action.includes(word)))
}
