import type { UserKey } from '@odoo-backup/protocol'
import { clientAddress } from '@odoo-backup/service'
import type { Request } from 'express'
import type { AuditTrail } from '../audit/audit-trail.ts'
import { recordingRefusals } from '../audit/recording-refusals.ts'
import { bearerKey } from '../http/bearer-key.ts'
import type { RateLimit } from '../http/rate-limit.ts'
import { loginRequired } from '../http/refusals.ts'
import type { ApprovedStanding, Standing } from '../registry/instances.ts'
import type { LoginRequests } from './login-requests.ts'
import { whoHas } from './who-has.ts'

export interface ApprovedInstanceDependencies {
  readonly instances: { standing(userKey: UserKey): Promise<Standing> }
  readonly loginRequests: LoginRequests
  readonly audit: AuditTrail
  readonly keyLimit: RateLimit<UserKey>
}

/**
 * The approved instance that calls. Every refusal is in the audit trail.
 * @throws HttpProblem 401 `login_required` with a link for a key that is bound to nobody, 403 `denied`, `revoked`
 */
export function createApprovedInstance(dependencies: ApprovedInstanceDependencies) {
  const { instances, loginRequests, audit, keyLimit } = dependencies
  return async (request: Request): Promise<ApprovedStanding> => {
    const userKey = bearerKey(request)
    await keyLimit.take(userKey)
    const standing = await instances.standing(userKey)
    if (standing.state === 'approved') return standing
    const address = clientAddress(request)
    const detail = { call: `${request.method} ${request.path}` }
    const event = { action: 'instance.called', ...whoHas(standing), address, detail }
    return recordingRefusals(audit, event, async () => {
      // Throws by itself where a link would be of no use: revoked, denied, too many of them.
      const { authLink } = await loginRequests.create({ userKey, address })
      throw loginRequired(authLink)
    })
  }
}
