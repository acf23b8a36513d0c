import type { Route } from '@odoo-backup/service'
import type { AuditTrail } from '../audit/audit-trail.ts'
import type { PrismaClient } from '../registry/generated/client.ts'
import type { StandingChanges } from '../registry/standing-changes.ts'
import { accountRoutes } from './account-routes.ts'
import type { AdminAccess } from './admin-access.ts'
import { auditRoutes } from './audit-routes.ts'
import { instanceRoutes } from './instance-routes.ts'

export interface AdminDependencies {
  readonly access: AdminAccess
  readonly audit: AuditTrail
  readonly prisma: PrismaClient
  readonly standingChanges: StandingChanges
}

/** `/admin/v1`: what an operator may see and do. */
export function adminRoutes(dependencies: AdminDependencies): Route[] {
  return [...accountRoutes(dependencies), ...instanceRoutes(dependencies), ...auditRoutes(dependencies)]
}
