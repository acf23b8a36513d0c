import { clientAddress, decodedSegment } from '@odoo-backup/service'
import type { Request, Response } from 'express'
import type { AuditEvent, AuditTrail } from '../audit/audit-trail.ts'
import { sendPage } from '../pages/send-page.ts'
import type { AccountView } from '../registry/accounts.ts'
import type { Cookies } from './cookies.ts'
import { logInAddress } from './login-aim.ts'
import { foreignFormPage, logInFirstPage } from './login-pages.ts'
import { isOpaqueId } from './opaque-id.ts'
import { isFormToken, isFresh, type Session, type Sessions } from './sessions.ts'

export interface FormGuardDependencies {
  readonly sessions: Sessions
  readonly cookies: Cookies
  readonly audit: AuditTrail
  readonly now: () => Date
}

/** Lets a form through that comes from a page of ours in a browser that is logged in. */
export interface FormGuard {
  /**
   * The session; `undefined` when the response is answered already, and the refusal in the trail. `fresh` demands a
   * young log-in, which leads an operator back to `pageOf`, by default the account. So does the log-in of somebody whose
   * session has ended, of whom nobody knows yet who they are.
   */
  admit(
    form: {
      token: unknown
      fresh: boolean
      pageOf?: (account: AccountView | undefined) => string | undefined
    },
    request: Request,
    response: Response,
  ): Promise<Session | undefined>
}

export function createFormGuard({ sessions, cookies, audit, now }: FormGuardDependencies): FormGuard {
  async function refused(reason: string, session: Session | undefined, request: Request): Promise<void> {
    const who: Pick<AuditEvent, 'actor' | 'accountId'> =
      session === undefined ? { actor: 'unknown' } : whoIs(session)
    await audit.record({
      action: 'form.sent',
      outcome: 'refused',
      reason,
      ...who,
      address: clientAddress(request),
      detail: { form: withoutIds(request.path) },
    })
  }

  return {
    async admit({ token, fresh, pageOf }, request, response) {
      const back = (account?: AccountView) =>
        logInAddress(pageOf === undefined ? '/account' : pageOf(account))
      const session = await sessions.find(cookies.held(request))
      if (session === undefined) {
        await refused('not_logged_in', session, request)
        sendPage(response, logInFirstPage(back()))
        return undefined
      }
      if (!isFormToken(session, token)) {
        await refused('foreign_form', session, request)
        sendPage(response, foreignFormPage(pageOf?.(session.account)))
        return undefined
      }
      if (fresh && !isFresh(session, now())) {
        await refused('log_in_again', session, request)
        sendPage(response, logInFirstPage(back(session.account)))
        return undefined
      }
      return session
    },
  }
}

/** The address of a question is a secret of its browser. */
function withoutIds(path: string): string {
  return path
    .split('/')
    .map(segment => (isOpaqueId(decodedSegment(segment)) ? '…' : segment))
    .join('/')
}

function whoIs({ account }: Session): { actor: string; accountId: string } {
  return { actor: `account:${account.id}`, accountId: account.id }
}
