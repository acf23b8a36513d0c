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
  readonly action?: string | undefined
  readonly outcome?: 'done' | 'refused' | undefined
  readonly cursor?: string | undefined
  readonly limit: number
}

/** A page of the audit trail, newest first. */
export async function findEvents(
  prisma: PrismaClient,
  { accountId, action, outcome, cursor, limit }: EventQuery,
): Promise<{ items: AuditRow[]; nextCursor?: string }> {
  const rows = await prisma.auditEvent.findMany({
    where: {
      ...(accountId === undefined ? {} : { accountId }),
      ...(action === undefined ? {} : { action }),
      ...(outcome === undefined ? {} : { outcome }),
      ...(cursor === undefined ? {} : { id: { lt: BigInt(cursor) } }),
    },
    orderBy: { id: 'desc' },
    take: limit + 1,
  })
  return page(rows, limit, {
    item: row => AuditRow.parse({ ...row, id: String(row.id), at: row.at.toISOString() }),
    cursor: row => String(row.id),
  })
}
