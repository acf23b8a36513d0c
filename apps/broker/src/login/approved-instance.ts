import type { UserKey } from '@odoo-backup/protocol'
import { clientAddress, HttpProblem } from '@odoo-backup/service'
import type { Request } from 'express'
import { bearerKey } from '../http/bearer-key.ts'
import type { RateLimit } from '../http/rate-limit.ts'
import type { Standing } from '../registry/instances.ts'
import type { LoginRequests } from './login-requests.ts'

export type ApprovedStanding = Extract<Standing, { state: 'approved' }>

export interface ApprovedInstanceDependencies {
  readonly instances: { standing(userKey: UserKey): Promise<Standing> }
  readonly loginRequests: LoginRequests
  readonly keyLimit: RateLimit
}

/**
 * The approved instance that calls.
 * @throws HttpProblem 401 `login_required` with a link for a key that is bound to nobody, 403 `denied`, `revoked`
 */
export function createApprovedInstance({ instances, loginRequests, keyLimit }: ApprovedInstanceDependencies) {
  return async (request: Request): Promise<ApprovedStanding> => {
    const userKey = bearerKey(request)
    await keyLimit.take(userKey)
    const standing = await instances.standing(userKey)
    if (standing.state === 'approved') return standing
    // Throws by itself where a link would be of no use: revoked, denied, too many of them.
    const { authLink } = await loginRequests.create({ userKey, address: clientAddress(request) })
    throw new HttpProblem({
      status: 401,
      code: 'login_required',
      detail: 'This instance is not bound to an account. Open the link in a browser and log in.',
      extra: { authLink },
    })
  }
}
