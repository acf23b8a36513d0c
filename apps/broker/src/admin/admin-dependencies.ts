import type { AuditTrail } from '../audit/audit-trail.ts'
import type { PrismaClient } from '../registry/generated/client.ts'
import type { StandingChanges } from '../registry/standing-changes.ts'
import type { AdminAccess } from './admin-access.ts'

/** What the routes of the admin API stand on. */
export interface AdminDependencies {
  readonly access: AdminAccess
  readonly audit: AuditTrail
  readonly prisma: PrismaClient
  readonly standingChanges: StandingChanges
}
