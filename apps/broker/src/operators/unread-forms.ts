import { asProblem, type Route } from '@odoo-backup/service'
import type { ErrorRequestHandler } from 'express'
import type { AuditTrail } from '../audit/audit-trail.ts'
import { sentParameter, sentRoute } from '../http/sent-route.ts'
import { TooManyRequests } from '../http/too-many-requests.ts'
import type { RegistryHealth } from '../pages/registry-away.ts'
import { AccountId } from '../registry/ids.ts'
import type { OperatorDoor } from './operator-door.ts'

export interface UnreadFormsDependencies {
  readonly door: Pick<OperatorDoor, 'recognise'>
  readonly audit: Pick<AuditTrail, 'record'>
  readonly registry: RegistryHealth
}

/** A form, and what the audit log calls the change that it asks for; without a name of its own, a form that was sent. */
export type SentForm = Route & { readonly action?: string }

/**
 * Stands behind the routes: a form that is too large, or cannot be read, is refused before it comes to its route, and has
 * its row in the audit log all the same, unless the registry is silent: there is no row then, and nobody waits for it.
 * Whoever may not send it at all learns only that.
 */
export function notingUnreadForms(
  { door, audit, registry }: UnreadFormsDependencies,
  forms: readonly SentForm[],
): ErrorRequestHandler {
  return async (error: unknown, request, response, next) => {
    const form = request.route === undefined ? sentRoute(forms, request) : undefined
    const { status, code } = asProblem(error)
    const isNoted = form !== undefined && status < 500 && !(error instanceof TooManyRequests)
    if (isNoted && (await registry()).state !== 'failed') {
      const operator = await door.recognise(
        form.action === undefined ? 'viewer' : 'billing',
        request,
        response,
      )
      const accountId = AccountId.safeParse(sentParameter(form, 'accountId', request)).data
      if (operator !== undefined)
        await audit.record({
          ...operator.by,
          action: form.action ?? 'form.sent',
          outcome: 'refused',
          reason: code,
          ...(accountId === undefined ? {} : { accountId }),
          // Why it was sent could not be read either.
          detail: { form: request.path.slice(0, 200) },
        })
    }
    next(error)
  }
}
