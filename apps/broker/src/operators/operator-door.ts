import { clientAddress, notFound } from '@odoo-backup/service'
import type { Request, Response } from 'express'
import type { AuditTrail } from '../audit/audit-trail.ts'
import { Refusal } from '../http/refusal.ts'
import type { Cookies } from '../login/cookies.ts'
import type { FormGuard } from '../login/form-guard.ts'
import { logInAddress, type ReturnPath } from '../login/login-aim.ts'
import type { Session, Sessions } from '../login/sessions.ts'
import { hasMenu, leadToConsole, showMenu, wordsOf } from '../pages/language.ts'
import type { Messages } from '../pages/messages/en.ts'
import type { AccountView } from '../registry/accounts.ts'
import type { AdminRole } from '../registry/generated/client.ts'
import type { ActingParty } from '../registry/standing-changes.ts'
import { type MenuReader, menu } from './menu.ts'
import { type ConsoleMessages, consoleWordsOf } from './messages/index.ts'
import type { OperatorEntry } from './operator-settings.ts'
import { includes } from './roles.ts'

/** An operator whose browser has entered. */
export interface Operator extends MenuReader {
  readonly by: ActingParty
  /** The path of the page or form. */
  readonly path: string
}

/** A form as it is sent. */
export interface SentForm {
  readonly atLeast: AdminRole
  readonly token: unknown
  /** The page that it stands on. */
  readonly from: string
  /**
   * The same as the form itself says it. Whoever is not known to be an operator is led to no other: they are not told
   * on which page a form stands.
   */
  readonly page: ReturnPath | undefined
}

/** The door of the operators' pages. Every refusal is in the audit trail. */
export interface OperatorDoor {
  /** The role of an account's owner; undefined for all who are no operators. */
  roleOf(account: AccountView): AdminRole | undefined
  /**
   * Who opens a page, if their role is enough; `undefined` when the response is answered already: it leads to the
   * log-in.
   * @throws HttpProblem 404 for whoever is no operator, to whom these pages do not exist, or 403 `role_refused`
   */
  enter(atLeast: AdminRole, request: Request, response: Response): Promise<Operator | undefined>
  /**
   * Who sends a form that changes something: from a page of ours, with a log-in younger than ten minutes. An older one
   * is asked for again, and leads back to the page `from` which it was sent; one that has ended leads to the `page`
   * that the form names.
   */
  admit(form: SentForm, request: Request, response: Response): Promise<Operator | undefined>
  /**
   * Whose browser sends what could not be read, so that nothing shows which page it comes from: it opens nothing.
   * `undefined`: nobody has logged in there.
   * @throws HttpProblem as `enter` does
   */
  recognise(atLeast: AdminRole, request: Request, response: Response): Promise<Operator | undefined>
  /**
   * Shows an operator the menu on the page that refuses what they asked for, before their role was looked at, and leads
   * them back to the console. It lets nobody in, nobody else notices it, and it refuses nothing.
   */
  greet(request: Request, response: Response): Promise<void>
}

export interface OperatorDoorDependencies {
  readonly operators: readonly OperatorEntry[]
  readonly sessions: Pick<Sessions, 'find'>
  readonly cookies: Pick<Cookies, 'held'>
  readonly forms: FormGuard
  readonly audit: Pick<AuditTrail, 'record'>
}

export function createOperatorDoor(dependencies: OperatorDoorDependencies): OperatorDoor {
  const { operators, sessions, cookies, forms, audit } = dependencies

  function roleOf({ provider, subject, suspended }: AccountView): AdminRole | undefined {
    if (suspended) return undefined
    return operators.find(entry => entry.provider === provider && entry.subject === subject)?.role
  }

  function wordsFor(request: Request): { site: Messages; words: ConsoleMessages } {
    const site = wordsOf({ req: request })
    return { site, words: consoleWordsOf(site.language) }
  }

  async function checked(
    session: Session,
    atLeast: AdminRole,
    request: Request,
    response: Response,
  ): Promise<Operator> {
    const { account } = session
    const role = roleOf(account)
    const address = clientAddress(request)
    const detail = { page: request.path }
    if (role === undefined) {
      await audit.record({
        action: 'operator.entered',
        outcome: 'refused',
        reason: 'not_an_operator',
        actor: `account:${account.id}`,
        accountId: account.id,
        address,
        detail,
      })
      throw notFound()
    }
    leadToConsole(response)
    const { site, words } = wordsFor(request)
    showMenu(response, menu({ session, role, words, site }))
    const actor = `operator:${account.provider}:${account.subject}`
    if (!includes(role, atLeast)) {
      await audit.record({
        action: 'operator.entered',
        outcome: 'refused',
        reason: 'role_refused',
        actor,
        address,
        detail,
      })
      throw new Refusal(403, 'role_refused', ({ roles, roleRefused }) =>
        roleRefused(roles[atLeast], roles[role]),
      )
    }
    return { session, role, by: { actor, address }, words, site, path: request.path }
  }

  return {
    roleOf,
    async enter(atLeast, request, response) {
      const session = await sessions.find(cookies.held(request))
      if (session !== undefined) return checked(session, atLeast, request, response)
      response.redirect(303, logInAddress(request.originalUrl))
      return undefined
    },
    async recognise(atLeast, request, response) {
      const session = await sessions.find(cookies.held(request))
      if (session !== undefined) return checked(session, atLeast, request, response)
      await audit.record({
        action: 'form.sent',
        outcome: 'refused',
        reason: 'not_logged_in',
        actor: 'unknown',
        address: clientAddress(request),
        detail: { form: request.path.slice(0, 200) },
      })
      return undefined
    },
    async greet(request, response) {
      if (hasMenu(response) || request.accepts(['json', 'html']) !== 'html') return
      const session = await sessions.find(cookies.held(request)).catch(() => undefined)
      const role = session && roleOf(session.account)
      if (session === undefined || role === undefined) return
      if (request.method === 'GET') leadToConsole(response)
      showMenu(response, menu({ session, role, ...wordsFor(request) }))
    },
    async admit({ atLeast, token, from, page }, request, response) {
      // Whoever is no operator does not learn which page a form belongs to.
      const pageOf = (account: AccountView | undefined) => {
        if (account === undefined) return page
        return roleOf(account) === undefined ? undefined : from
      }
      const session = await forms.admit({ token, fresh: true, pageOf }, request, response)
      return session && (await checked(session, atLeast, request, response))
    },
  }
}
