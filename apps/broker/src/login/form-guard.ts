import { sendPage } from '@odoo-backup/service'
import type { Request, Response } from 'express'
import type { Cookies } from './cookies.ts'
import { logInFirstPage, refusalPage } from './login-pages.ts'
import { isFormToken, isFresh, type Session, type Sessions } from './sessions.ts'

export interface FormGuardDependencies {
  readonly sessions: Sessions
  readonly cookies: Cookies
  readonly now: () => Date
}

/** Lets a form through that comes from a page of ours in a browser that is logged in. */
export interface FormGuard {
  /** The session; `undefined` when the response is answered already. `fresh` demands a young log-in. */
  admit(
    form: { token: unknown; fresh: boolean },
    request: Request,
    response: Response,
  ): Promise<Session | undefined>
}

export function createFormGuard({ sessions, cookies, now }: FormGuardDependencies): FormGuard {
  return {
    async admit({ token, fresh }, request, response) {
      const session = await sessions.find(cookies.held(request))
      if (session === undefined) {
        sendPage(response, logInFirstPage('/login'))
        return undefined
      }
      if (!isFormToken(session, token)) {
        sendPage(
          response,
          refusalPage('This form is not yours', 'Open the page again and answer there.', 403),
        )
        return undefined
      }
      if (fresh && !isFresh(session, now())) {
        sendPage(response, logInFirstPage('/login'))
        return undefined
      }
      return session
    },
  }
}
