import { HttpProblem, html } from '@odoo-backup/service'
import type { Request, Response } from 'express'
import { z } from 'zod'
import { Reason } from '../admin/reason.ts'
import { ReturnPath } from '../login/login-aim.ts'
import { particularsOf } from '../pages/language.ts'
import type { AdminRole } from '../registry/generated/client.ts'
import { sendOperatorPage } from './frame.ts'
import type { Place } from './menu.ts'
import type { Operator, OperatorDoor } from './operator-door.ts'

/** What every form of the operators' pages sends: why, the token that shows that it is a form of ours, and its page. */
export const ChangeForm = Reason.extend({
  form_token: z.string().max(200).optional(),
  page: ReturnPath.optional().catch(undefined),
})

/** Who changes something and why, as the audit log keeps it. */
export interface By {
  readonly actor: string
  readonly address?: string
  readonly reason: string
}

/** One change: who may do it, where its form stands, and what it does. */
export interface Change {
  readonly atLeast: AdminRole
  readonly form: z.output<typeof ChangeForm>
  readonly place: Place
  /** The page that the form stands on, to go back to when the change is refused. */
  readonly from: string
  /** Answers with the address that shows how things stand now, or itself. */
  readonly work: (by: By, operator: Operator) => Promise<string | undefined>
}

/** Carries changes out for those who may. */
export type Changer = (change: Change, request: Request, response: Response) => Promise<void>

/**
 * Lets an operator in, does the work, and leads to the page that shows how things stand now. What the work refuses is
 * said with the way back.
 */
export function createChanger(door: OperatorDoor): Changer {
  return async ({ atLeast, form, place, from, work }, request, response) => {
    const operator = await door.admit(
      { atLeast, token: form.form_token, from, page: form.page },
      request,
      response,
    )
    if (operator === undefined) return
    try {
      const next = await work({ ...operator.by, reason: form.reason }, operator)
      if (next !== undefined) response.redirect(303, next)
    } catch (error) {
      if (!(error instanceof HttpProblem) || error.status >= 500) throw error
      const { status, code } = error
      sendOperatorPage(response, operator, {
        place,
        title: operator.words.nothingChanged,
        status,
        body: html`<p role="alert" class="card warn">${particularsOf(error, operator.site) ?? operator.words.refused}</p>
<p><a class="button" href="${from}">${operator.words.goBack}</a></p>
<p class="quiet">${status} · ${code}</p>`,
      })
    }
  }
}
