import { DatabaseName, Role } from '@odoo-backup/protocol'
import { type Route, route } from '@odoo-backup/service'
import { z } from 'zod'
import { AgentError } from '../../errors.ts'
import { WHOLE_SERVER } from '../access/access.ts'
import type { Principal, Session } from '../access/sessions.ts'
import type { ApiContext } from './context.ts'
import { guarded } from './guarded.ts'

const Who = z.object({
  role: Role,
  name: z.string(),
  /** Present for those who may reach one database alone. */
  database: DatabaseName.optional(),
  /** Sent back as `X-CSRF-Token` where a browser tells neither Origin nor Sec-Fetch-Site; none for tokens. */
  csrfToken: z.string().optional(),
})

const password = z.string().min(1).max(4096)
const SignIn = z.union([
  z.strictObject({ masterPassword: password }),
  z.strictObject({ database: DatabaseName, login: z.string().min(1).max(256), password }),
])

/** Who asks, signing in and out. */
export function sessionRoutes({ access, log }: ApiContext): Route[] {
  return [
    route({
      method: 'post',
      path: '/session',
      summary: 'Sign in with the master password, or with an Odoo log-in for one database',
      tags: ['session'],
      security: 'none',
      body: SignIn,
      answer: Who,
      status: 201,
      problems: [403, 404, 429, 503],
      handle: async ({ body, request, response }) => {
        let principal: Principal = WHOLE_SERVER
        if ('masterPassword' in body) await access.checkMasterPassword(request, body.masterPassword)
        else principal = await access.checkOdooLogin(request, body)
        log.info({ name: principal.name, database: principal.database }, 'signed in')
        return who(principal, access.signIn(request, response, principal))
      },
    }),
    guarded(access, 'look', {
      method: 'get',
      path: '/session',
      summary: 'Who is signed in',
      tags: ['session'],
      answer: Who,
      handle: ({ principal, request }) => who(principal, access.session(request)),
    }),
    guarded(access, 'look', {
      method: 'delete',
      path: '/session',
      summary: 'Sign out',
      tags: ['session'],
      status: 204,
      handle: ({ request, response }) => {
        if (access.session(request) === undefined)
          throw new AgentError(
            'invalid_request',
            'There is no session to end: a token is removed, not signed out.',
          )
        access.signOut(request, response)
        response.status(204).end()
      },
    }),
  ]
}

function who(principal: Principal, session: Session | undefined): z.input<typeof Who> {
  return {
    role: principal.role,
    name: principal.name,
    ...(principal.database === undefined ? {} : { database: DatabaseName.parse(principal.database) }),
    ...(session?.principal === principal ? { csrfToken: session.formToken } : {}),
  }
}
