import type { Route } from '@odoo-backup/service'
import { accountRoutes } from './account-routes.ts'
import type { AdminDependencies } from './admin-dependencies.ts'
import { auditRoutes } from './audit-routes.ts'
import { instanceRoutes } from './instance-routes.ts'

/** `/admin/v1`: what an operator may see and do. */
export function adminRoutes(dependencies: AdminDependencies): Route[] {
  return [...accountRoutes(dependencies), ...instanceRoutes(dependencies), ...auditRoutes(dependencies)]
}
