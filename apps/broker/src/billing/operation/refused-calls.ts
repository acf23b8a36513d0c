import { asProblem, HttpProblem, type Route } from '@odoo-backup/service'
import type { ErrorRequestHandler, Request } from 'express'
import { z } from 'zod'
import type { AdminAccess } from '../../admin/admin-access.ts'
import type { AuditTrail } from '../../audit/audit-trail.ts'
import { sentParameter, sentRoute } from '../../http/sent-route.ts'
import { TooManyRequests } from '../../http/too-many-requests.ts'
import { AccountId } from '../../registry/ids.ts'

export interface RefusedCallsDependencies {
  readonly access: AdminAccess
  readonly audit: AuditTrail
}

/** Calls of the role billing of which none is refused without a row of the audit log. */
export interface RecordedCalls {
  readonly routes: Route[]
  /** Stands behind the routes: for calls whose address or body could not be read, which never reached them. */
  readonly noteUnread: ErrorRequestHandler
}

const Said = z.object({ reason: z.string() })

/**
 * The same routes, where a call whose address, query or body is not as it should be stands in the audit log too: it is
 * refused before the handler asks who calls. Whoever may not call at all learns only that.
 *
 * @param routesOf makes the routes, with the door that they are to use
 */
export function recordingRefusedCalls(
  { access, audit }: RefusedCallsDependencies,
  routesOf: (access: AdminAccess) => Route[],
): RecordedCalls {
  const handled = new WeakSet<Request>()
  const door: AdminAccess = {
    enter(request, atLeast) {
      handled.add(request)
      return access.enter(request, atLeast)
    },
  }

  async function record(request: Request, route: Route, { code }: HttpProblem): Promise<void> {
    handled.add(request)
    const by = await access.enter(request, 'billing')
    const accountId = AccountId.safeParse(sentParameter(route, 'accountId', request)).data
    const why = [request.body, request.query].map(part => Said.safeParse(part).data?.reason)
    const said = why.find(reason => reason !== undefined)?.slice(0, 500)
    await audit.record({
      ...by,
      action: 'billing.called',
      outcome: 'refused',
      reason: code,
      ...(accountId === undefined ? {} : { accountId }),
      detail: {
        call: `${route.method.toUpperCase()} ${route.path}`,
        ...(said === undefined ? {} : { why: said }),
      },
    })
  }

  const routes = routesOf(door)
  return {
    routes: routes.map(route => ({
      ...route,
      async run(request, response) {
        try {
          await route.run(request, response)
        } catch (error) {
          if (error instanceof HttpProblem && !handled.has(request)) await record(request, route, error)
          throw error
        }
      },
    })),
    async noteUnread(error: unknown, request, _response, next) {
      const problem = asProblem(error)
      const route = sentRoute(routes, request)
      if (
        route !== undefined &&
        problem.status < 500 &&
        !handled.has(request) &&
        !(error instanceof TooManyRequests)
      )
        await record(request, route, problem)
      next(error)
    },
  }
}
