import { HttpProblem, type Route } from '@odoo-backup/service'
import type { Request, Response } from 'express'
import { z } from 'zod'
import { ReturnPath } from '../login/login-aim.ts'
import { leadBack } from '../pages/language.ts'
import type { OperatorDoor } from './operator-door.ts'

const Sent = z.object({ page: ReturnPath })

/** To the page itself, or the one that a form stands on, which nobody is told who does not name it. */
export function leadToWhereTheyWere(request: Request, response: Response): void {
  if (request.method === 'POST') {
    const page = Sent.safeParse(request.body).data?.page ?? '/operator'
    leadBack(response, ({ loginFailure: { back: text } }) => ({ href: page, text }))
    return
  }
  const page = ReturnPath.safeParse(request.originalUrl).data ?? '/operator'
  leadBack(response, ({ loginFailure: { again: text } }) => ({ href: page, text }))
}

/**
 * The same pages and forms, where one whose address or values are not as they should be leads back to the page of the
 * form, and an operator to the console, with its menu: it is refused before the door asks who comes.
 */
export function leadingBack(
  { greet }: Pick<OperatorDoor, 'greet'>,
  routes: readonly Route[],
): readonly Route[] {
  return routes.map(page => ({
    ...page,
    async run(request, response) {
      try {
        await page.run(request, response)
      } catch (error) {
        if (error instanceof HttpProblem && error.status === 400) {
          if (page.method !== 'get') leadToWhereTheyWere(request, response)
          await greet(request, response)
        }
        throw error
      }
    },
  }))
}
