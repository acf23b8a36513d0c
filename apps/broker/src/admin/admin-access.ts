import { addressGroup, clientAddress, HttpProblem } from '@odoo-backup/service'
import type { Request } from 'express'
import type { AuditTrail } from '../audit/audit-trail.ts'
import { bearerToken } from '../http/bearer-key.ts'
import type { RateLimit } from '../http/rate-limit.ts'
import type { AdminRole } from '../registry/generated/client.ts'
import type { ActingParty } from '../registry/standing-changes.ts'
import { ADMIN_ROLES, type AdminTokens } from './admin-tokens.ts'

/** The door of the admin API. */
export interface AdminAccess {
  /**
   * Who asks, if their role is enough. Every refusal is in the audit trail.
   * @throws HttpProblem `admin_token_required` (401), `role_refused` (403) or `rate_limited` (429)
   */
  enter(request: Request, atLeast: AdminRole): Promise<ActingParty>
}

export interface AdminAccessDependencies {
  readonly tokens: AdminTokens
  readonly audit: AuditTrail
  /** Counts refused tokens by address: nobody tries many. */
  readonly refusalLimit: RateLimit
}

export function createAdminAccess({ tokens, audit, refusalLimit }: AdminAccessDependencies): AdminAccess {
  return {
    async enter(request, atLeast) {
      const address = clientAddress(request)
      const token = bearerToken(request)
      const holder = token === undefined ? undefined : await tokens.find(token)
      if (holder === undefined) {
        await refusalLimit.take(addressGroup(address))
        await audit.record({
          action: 'admin.entered',
          outcome: 'refused',
          actor: 'unknown',
          reason: 'admin_token_required',
          address,
        })
        throw new HttpProblem({
          status: 401,
          code: 'admin_token_required',
          detail:
            'Send a token that has neither expired nor been revoked as `Authorization: Bearer …`. The command `admin-token create` makes one.',
        })
      }
      const actor = `admin:${holder.name}`
      if (ADMIN_ROLES.indexOf(holder.role) < ADMIN_ROLES.indexOf(atLeast)) {
        await audit.record({
          action: 'admin.entered',
          outcome: 'refused',
          actor,
          reason: 'role_refused',
          address,
        })
        throw new HttpProblem({
          status: 403,
          code: 'role_refused',
          detail: `This needs a token with the role ${atLeast}; this one has the role ${holder.role}.`,
        })
      }
      return { actor, address }
    },
  }
}
