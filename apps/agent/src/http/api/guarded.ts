import type { Role } from '@odoo-backup/protocol'
import { type Route, type RouteDefinition, type RouteInput, route } from '@odoo-backup/service'
import type { Request, RequestHandler } from 'express'
import type { z } from 'zod'
import { AgentError } from '../../errors.ts'
import type { Access } from '../access/access.ts'
import { requireRole } from '../access/permission.ts'
import type { Principal } from '../access/sessions.ts'

type Nothing = z.ZodObject<Record<never, never>>

/** A route for those who are signed in with at least `role`; the handler is told who asks. */
export function guarded<
  Params extends z.ZodObject = Nothing,
  Query extends z.ZodObject = Nothing,
  Body extends z.ZodType = z.ZodUndefined,
  Answer extends z.ZodType = z.ZodVoid,
>(
  access: Access,
  role: Role,
  definition: Omit<RouteDefinition<Params, Query, Body, Answer>, 'handle' | 'security' | 'before'> & {
    readonly handle: (
      input: RouteInput<z.output<Params>, z.output<Query>, z.output<Body>> & {
        readonly principal: Principal
      },
    ) => z.input<Answer> | Promise<z.input<Answer>>
  },
): Route {
  const principals = new WeakMap<Request, Principal>()
  // Before anything of the request is looked at: a stranger learns nothing, not even what a good request is.
  const admit: RequestHandler = async (request, _response, next) => {
    const principal = await access.principal(request)
    if (principal === undefined)
      throw new AgentError('not_signed_in', 'Sign in first, or send an API token as Authorization: Bearer.')
    requireRole(principal, role)
    principals.set(request, principal)
    next()
  }
  return route<Params, Query, Body, Answer>({
    ...definition,
    description: `Needs the role "${role}". ${definition.description ?? ''}`.trim(),
    problems: [401, 403, ...(definition.problems ?? [])],
    security: 'bearer',
    before: [admit],
    handle: input => {
      const principal = principals.get(input.request)
      if (principal === undefined) throw new AgentError('not_signed_in', 'Sign in first.')
      return definition.handle({ ...input, principal })
    },
  })
}
