import {
  BindAnswer,
  BindRequest,
  LoginRequestAnswer,
  LoginRequestBody,
  type UserKey,
} from '@odoo-backup/protocol'
import { clientAddress, HttpProblem, type Route, route } from '@odoo-backup/service'
import type { AuditTrail } from '../audit/audit-trail.ts'
import { recordingRefusals } from '../audit/recording-refusals.ts'
import { bearerKey } from '../http/bearer-key.ts'
import type { RateLimit } from '../http/rate-limit.ts'
import { redirectRefused } from '../http/refusals.ts'
import type { Standing } from '../registry/instances.ts'
import type { Bind } from './bind.ts'
import type { LoginRequests } from './login-requests.ts'
import { readRedirect } from './redirect-address.ts'
import { whoHas } from './who-has.ts'

export interface BindingRoutesDependencies {
  readonly instances: { standing(userKey: UserKey): Promise<Standing> }
  readonly audit: AuditTrail
  readonly loginRequests: LoginRequests
  readonly bind: Bind
  readonly keyLimit: RateLimit<UserKey>
}

/** The two calls by which an agent is bound: ask for a link, bring back the code. */
export function bindingRoutes(dependencies: BindingRoutesDependencies): Route[] {
  const { instances, audit, loginRequests, bind, keyLimit } = dependencies
  return [
    route({
      method: 'post',
      path: '/v1/login-requests',
      summary: 'Asks for the link by which an administrator binds the instance to an account',
      tags: ['Log-in'],
      security: 'bearer',
      body: LoginRequestBody,
      answer: LoginRequestAnswer,
      problems: [401, 403, 429],
      async handle({ body, request }) {
        const userKey = bearerKey(request)
        await keyLimit.take(userKey)
        const redirect = body.redirect === undefined ? undefined : readRedirect(body.redirect)
        if (body.redirect !== undefined && redirect === undefined) throw redirectRefused()
        const address = clientAddress(request)
        const asked = { userKey, address, ...(redirect === undefined ? {} : { redirect }) }
        const event = {
          action: 'login.requested',
          ...whoHas(await instances.standing(userKey)),
          address,
          ...(redirect === undefined ? {} : { detail: { origin: redirect.origin } }),
        }
        return await recordingRefusals(audit, event, () => loginRequests.create(asked))
      },
    }),
    route({
      method: 'post',
      path: '/v1/bind',
      summary: 'Brings back the one-time code of an approval, which binds the instance',
      tags: ['Log-in'],
      security: 'bearer',
      body: BindRequest,
      answer: BindAnswer,
      problems: [401, 403, 429],
      async handle({ body, request }) {
        const userKey = bearerKey(request)
        await keyLimit.take(userKey)
        const bound = await bind({ userKey, code: body.code, address: clientAddress(request) })
        if (bound !== undefined) return { ...bound, purposes: [...bound.purposes] }
        throw new HttpProblem({
          status: 403,
          code: 'code_refused',
          detail:
            'This code was used already, is older than ten minutes, was taken back, or belongs to another key. Log in again.',
        })
      },
    }),
  ]
}
