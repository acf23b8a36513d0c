import { type Route, route } from '@odoo-backup/service'
import { z } from 'zod'
import { AccountId } from '../registry/ids.ts'
import type { AdminDependencies } from './admin-dependencies.ts'
import { findCredentials, IssuedCredential } from './find-credentials.ts'
import { AuditRow, findEvents, RowCursor } from './find-events.ts'
import { pageOf, pageQuery } from './paging.ts'

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
      async handle({ query: { action, ...query }, request }) {
        const by = await access.enter(request, 'viewer')
        const actions = action === undefined ? undefined : [action]
        const found = await findEvents(prisma, { ...query, actions })
        await audit.record({ ...by, action: 'admin.audit_read', outcome: 'done' })
        return found
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
        const found = await findCredentials(prisma, query)
        await audit.record({ ...by, action: 'admin.credentials_listed', outcome: 'done' })
        return found
      },
    }),
  ]
}
