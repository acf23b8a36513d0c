import { ADMIN_ROLES } from '../admin/admin-tokens.ts'
import type { AdminRole } from '../registry/generated/client.ts'

/** Whether a role may what another one may. */
export function includes(role: AdminRole, other: AdminRole): boolean {
  return ADMIN_ROLES.indexOf(role) >= ADMIN_ROLES.indexOf(other)
}
