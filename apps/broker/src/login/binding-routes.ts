import { BindAnswer, BindRequest, LoginRequestAnswer, LoginRequestBody } from '@odoo-backup/protocol'
import { clientAddress, HttpProblem, type Route, route } from '@odoo-backup/service'
import { bearerKey } from '../http/bearer-key.ts'
import type { RateLimit } from '../http/rate-limit.ts'
import type { Bind } from './bind.ts'
import type { LoginRequests } from './login-requests.ts'
import { readRedirect } from './redirect-address.ts'

export interface BindingRoutesDependencies {
  readonly loginRequests: LoginRequests
  readonly bind: Bind
  readonly keyLimit: RateLimit
}

/** The two calls by which an agent is bound: ask for a link, bring back the code. */
export function bindingRoutes({ loginRequests, bind, keyLimit }: BindingRoutesDependencies): Route[] {
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
        if (body.redirect !== undefined && redirect === undefined)
          throw new HttpProblem({
            status: 400,
            code: 'invalid_request',
            detail:
              'redirect must be an absolute http(s) URL without user information, at most 2048 characters.',
          })
        return await loginRequests.create({
          userKey,
          address: clientAddress(request),
          ...(redirect === undefined ? {} : { redirect }),
        })
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
            'This code was used already, is older than ten minutes, or belongs to another key. Log in again.',
        })
      },
    }),
  ]
}
