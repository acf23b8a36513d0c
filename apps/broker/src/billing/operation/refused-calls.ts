import { HttpProblem, type Route } from '@odoo-backup/service'
import type { Request } from 'express'
import { z } from 'zod'
import type { AdminAccess } from '../../admin/admin-access.ts'
import type { AuditTrail } from '../../audit/audit-trail.ts'
import { AccountId } from '../../registry/ids.ts'

export interface RefusedCallsDependencies {
  readonly access: AdminAccess
  readonly audit: AuditTrail
}

const Said = z.object({ reason: z.string() })

/**
 * The same routes of the role billing, where a call whose address, query or body is not as it should be stands in the audit
 * log too: it is refused before the handler asks who calls. Whoever may not call at all learns only that.
 *
 * @param routesOf makes the routes, with the door that they are to use
 */
export function recordingRefusedCalls(
  { access, audit }: RefusedCallsDependencies,
  routesOf: (access: AdminAccess) => Route[],
): Route[] {
  const handled = new WeakSet<Request>()
  const door: AdminAccess = {
    enter(request, atLeast) {
      handled.add(request)
      return access.enter(request, atLeast)
    },
  }

  async function record(request: Request, { method, path }: Route, { code }: HttpProblem): Promise<void> {
    const by = await access.enter(request, 'billing')
    const accountId = AccountId.safeParse(request.params.accountId).data
    const why = [request.body, request.query].map(part => Said.safeParse(part).data?.reason)
    const said = why.find(reason => reason !== undefined)?.slice(0, 500)
    await audit.record({
      ...by,
      action: 'billing.called',
      outcome: 'refused',
      reason: code,
      ...(accountId === undefined ? {} : { accountId }),
      detail: {
        call: `${method.toUpperCase()} ${path}`,
        ...(said === undefined ? {} : { why: said }),
      },
    })
  }

  return routesOf(door).map(route => ({
    ...route,
    async run(request, response) {
      try {
        await route.run(request, response)
      } catch (error) {
        if (error instanceof HttpProblem && !handled.has(request)) await record(request, route, error)
        throw error
      }
    },
  }))
}
