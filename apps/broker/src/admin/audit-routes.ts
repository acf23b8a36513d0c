import { type Route, route } from '@odoo-backup/service'
import { z } from 'zod'
import type { PrismaClient } from '../registry/generated/client.ts'
import { AccountId } from '../registry/ids.ts'
import type { AdminDependencies } from './admin-dependencies.ts'
import { page, pageOf, pageQuery } from './paging.ts'

const RowCursor = z.string().regex(/^[0-9]{1,18}$/, 'Give the nextCursor of the page before.')
const Detail = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))

const AuditRow = z.object({
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

const IssuedCredential = z.object({
  at: z.iso.datetime(),
  accountId: z.string(),
  instanceId: z.string(),
  address: z.string().nullable(),
  /** Purposes joined by `+`. */
  rights: z.string(),
  accessKeyId: z.string(),
  expiresAt: z.iso.datetime(),
})

/** What happened: the audit trail, and the credentials issued as it tells of them. Newest first. */
export function auditRoutes({ access, audit, prisma }: AdminDependencies): Route[] {
  const common = { tags: ['admin: audit'], security: 'bearer' as const, problems: [401, 403, 429] }
  return [
    route({
      ...common,
      method: 'get',
      path: '/admin/v1/audit',
      summary: 'The audit log, newest first',
      query: z.object({
        accountId: AccountId.optional(),
        action: z.string().max(100).optional(),
        ...pageQuery(RowCursor),
      }),
      answer: pageOf(AuditRow),
      async handle({ query, request }) {
        const by = await access.enter(request, 'viewer')
        const rows = await events(prisma, query)
        await audit.record({ ...by, action: 'admin.audit_read', outcome: 'done' })
        return page(rows, query.limit, { item: row => AuditRow.parse(row), cursor: row => row.id })
      },
    }),
    route({
      ...common,
      method: 'get',
      path: '/admin/v1/credentials',
      summary: 'The credentials that were issued, newest first',
      query: z.object({ accountId: AccountId.optional(), ...pageQuery(RowCursor) }),
      answer: pageOf(IssuedCredential),
      async handle({ query, request }) {
        const by = await access.enter(request, 'viewer')
        const rows = await events(prisma, { ...query, action: 'credentials.vended', outcome: 'done' })
        await audit.record({ ...by, action: 'admin.credentials_listed', outcome: 'done' })
        return page(rows, query.limit, {
          item: row => IssuedCredential.parse({ ...row, ...Detail.parse(row.detail) }),
          cursor: row => row.id,
        })
      },
    }),
  ]
}

interface EventQuery {
  readonly accountId?: string | undefined
  readonly action?: string | undefined
  readonly outcome?: 'done' | 'refused'
  readonly cursor?: string | undefined
  readonly limit: number
}

async function events(prisma: PrismaClient, { accountId, action, outcome, cursor, limit }: EventQuery) {
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
  return rows.map(row => ({ ...row, id: String(row.id), at: row.at.toISOString() }))
}
