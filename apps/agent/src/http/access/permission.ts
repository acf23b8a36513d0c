import type { Role } from '@odoo-backup/protocol'
import { AgentError } from '../../errors.ts'
import { isOwn, type Origin } from '../../operations/restore-default.ts'
import type { Principal } from './sessions.ts'

const RANK: Record<Role, number> = { look: 0, operate: 1, administer: 2 }

/** Throws `not_permitted` unless the principal has at least `role`. */
export function requireRole(principal: Principal, role: Role): void {
  if (RANK[principal.role] < RANK[role])
    throw new AgentError('not_permitted', `This needs the role "${role}"; you have "${principal.role}".`)
}

export function mayReach(principal: Principal, database: string): boolean {
  return principal.database === undefined || principal.database === database
}

/**
 * Whoever is limited to a database of this server has no business with another server's of the same name: nor with a
 * backup that nobody claims, which may be of one, until it is adopted.
 */
export function mayReachBackup(principal: Principal, backup: Origin): boolean {
  return mayReach(principal, backup.database) && (principal.database === undefined || isOwn(backup))
}

/** Throws `not_permitted` when the principal is limited to another database. */
export function requireDatabase(principal: Principal, database: string): void {
  if (!mayReach(principal, database))
    throw new AgentError('not_permitted', 'You are signed in for another database than this one.')
}

/** Throws unless the principal answers for the whole server, as the master password does. */
export function requireWholeServer(principal: Principal): void {
  if (principal.database !== undefined)
    throw new AgentError(
      'not_permitted',
      'This concerns the whole server: sign in with the master password, or use a token for all databases.',
    )
}
