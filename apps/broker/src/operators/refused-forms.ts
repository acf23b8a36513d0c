import { HttpProblem, type Route } from '@odoo-backup/service'
import type { Request, Response } from 'express'
import { z } from 'zod'
import type { AuditTrail } from '../audit/audit-trail.ts'
import { ReturnPath } from '../login/login-aim.ts'
import { AccountId } from '../registry/ids.ts'
import type { OperatorDoor } from './operator-door.ts'

/** A form on money, and what the audit log calls the change that it asks for. */
export interface MoneyForm extends Route {
  readonly action: string
}

export interface RefusedFormsDependencies {
  readonly door: OperatorDoor
  readonly audit: AuditTrail
}

const Said = z.object({ reason: z.string() })
const Sent = z.object({ form_token: z.unknown(), page: ReturnPath.optional().catch(undefined) })

/**
 * The same forms, where one whose address or values are not as they should be stands in the audit log too: it is refused
 * before the door asks who sends it. Whoever may not send it at all learns only that.
 *
 * @param formsOf makes the forms, with the door that they are to use
 */
export function recordingRefusedForms(
  { door, audit }: RefusedFormsDependencies,
  formsOf: (door: OperatorDoor) => readonly MoneyForm[],
): MoneyForm[] {
  const handled = new WeakSet<Request>()
  const marking: OperatorDoor = {
    ...door,
    admit(form, request, response) {
      handled.add(request)
      return door.admit(form, request, response)
    },
  }

  /** False: whoever sends it is not let in, and the response is answered already. */
  async function record(
    action: string,
    { code }: HttpProblem,
    request: Request,
    response: Response,
  ): Promise<boolean> {
    const { form_token: token, page } = Sent.safeParse(request.body).data ?? {}
    const accountId = AccountId.safeParse(request.params.accountId).data
    const from = accountId === undefined ? '/operator' : `/operator/accounts/${accountId}`
    const operator = await door.admit({ atLeast: 'billing', token, from, page }, request, response)
    if (operator === undefined) return false
    const why = Said.safeParse(request.body).data?.reason.slice(0, 500)
    await audit.record({
      ...operator.by,
      action,
      outcome: 'refused',
      reason: code,
      ...(accountId === undefined ? {} : { accountId }),
      detail: { form: request.path.slice(0, 200), ...(why === undefined ? {} : { why }) },
    })
    return true
  }

  return formsOf(marking).map(form => ({
    ...form,
    async run(request, response) {
      try {
        await form.run(request, response)
      } catch (error) {
        if (!(error instanceof HttpProblem) || handled.has(request)) throw error
        if (await record(form.action, error, request, response)) throw error
      }
    },
  }))
}
