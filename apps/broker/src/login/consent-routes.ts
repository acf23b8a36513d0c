import type { Purpose } from '@odoo-backup/protocol'
import { clientAddress, type Html, html, type Route, route } from '@odoo-backup/service'
import type { Request, Response } from 'express'
import { z } from 'zod'
import type { AuditEvent, AuditTrail } from '../audit/audit-trail.ts'
import type { NoticeBoard } from '../notices/notice-board.ts'
import type { Messages } from '../pages/messages/en.ts'
import { sendPage } from '../pages/send-page.ts'
import { consentPage } from './consent-page.ts'
import type { Consents, PendingConsent } from './consents.ts'
import type { Cookies } from './cookies.ts'
import type { FormGuard } from './form-guard.ts'
import {
  expiredPage,
  leadBackPage,
  logInFirstPage,
  nothingToApprovePage,
  wrongAccountPage,
} from './login-pages.ts'
import { withCode } from './redirect-address.ts'
import { isFresh, type Session, type Sessions } from './sessions.ts'
import { TickedPurposes } from './ticked-purposes.ts'

export interface ConsentDependencies {
  readonly consents: Consents
  readonly sessions: Sessions
  readonly cookies: Cookies
  readonly forms: FormGuard
  readonly audit: AuditTrail
  readonly notices: NoticeBoard
  readonly publicUrl: string
  readonly now: () => Date
}

const Id = z.object({ id: z.string().max(100) })
const Answer = z.object({
  form_token: z.string().max(200).optional(),
  decision: z.enum(['approve', 'deny']),
  purposes: TickedPurposes,
})

/** The question and its answer. Approval alone binds nothing: it makes a code that the key's holder must bring. */
export function consentRoutes(dependencies: ConsentDependencies): Route[] {
  const { consents, sessions, cookies, forms, audit, notices, publicUrl, now } = dependencies

  /** The question, for the browser and account to which it was put, and whether the log-in is young enough for it. */
  async function questionOf(id: string, request: Request, response: Response) {
    const session = await sessions.find(cookies.held(request))
    const consent =
      session && (await consents.find(id, session.account, cookies.browserHash(request, response)))
    return { session, consent, fresh: session !== undefined && isFresh(session, now()) }
  }

  /** An answer that is not taken stands in the trail. The address of the question is a secret of its browser. */
  async function refused(
    reason: string,
    session: Session | undefined,
    consent: PendingConsent | undefined,
    request: Request,
  ): Promise<void> {
    await audit.record({
      action: 'consent.answered',
      outcome: 'refused',
      reason,
      address: clientAddress(request),
      ...(session === undefined
        ? { actor: 'unknown' }
        : { actor: `account:${session.account.id}`, accountId: session.account.id }),
      ...(consent === undefined ? {} : { instanceId: consent.instanceId }),
    })
  }

  function event(
    consent: PendingConsent,
    { account }: Session,
    request: Request,
  ): Omit<AuditEvent, 'action'> {
    return {
      actor: `account:${account.id}`,
      accountId: account.id,
      instanceId: consent.instanceId,
      address: clientAddress(request),
      outcome: 'done',
      detail: consent.origin === undefined ? {} : { origin: consent.origin },
    }
  }

  async function deny(
    consent: PendingConsent,
    session: Session,
    request: Request,
    response: Response,
  ): Promise<void> {
    const denied = { action: 'consent.denied', ...event(consent, session, request) }
    if (!(await consents.deny(consent, denied))) {
      await refused('no_open_question', session, consent, request)
      return sendPage(response, expiredPage)
    }
    if (consent.redirect === undefined)
      return sendPage(response, words => ({
        title: words.consent.denied,
        body: html`<p>${words.consent.deniedText}</p>${toAccount(words)}`,
      }))
    sendPage(response, leadBackPage('denied', consent.redirect))
  }

  async function approve(
    consent: PendingConsent,
    session: Session,
    purposes: readonly Purpose[],
    request: Request,
    response: Response,
  ): Promise<void> {
    const { account } = session
    const asked = event(consent, session, request)
    const detail = { ...asked.detail, purposes: purposes.join('+') }
    const approved = { ...asked, action: 'consent.approved', detail }
    const code = await consents.approve(consent, account, purposes, approved)
    if (code === undefined) {
      await refused('no_open_question', session, consent, request)
      return sendPage(response, expiredPage)
    }
    await notices.raise(account.id, {
      type: 'instance_bound',
      text: {
        code: 'instance_bound',
        ...(consent.origin === undefined ? {} : { origin: consent.origin }),
        purposes: [...purposes],
        page: `${publicUrl}/account`,
      },
    })
    if (consent.redirect !== undefined)
      return sendPage(response, leadBackPage('approved', withCode(consent.redirect, code)))
    sendPage(response, words => ({
      title: words.consent.approved,
      body: html`<p>${words.consent.typeCode}</p>
<pre tabindex="0"><code>odoo-backup login --code <span id="code">${code}</span></code></pre>
<p role="alert">${words.consent.keepCode}</p>
${toAccount(words)}`,
    }))
  }

  return [
    route({
      method: 'get',
      path: '/consent/:id',
      summary: 'Asks whether an instance may use the account',
      hidden: true,
      params: Id,
      async handle({ params, request, response }) {
        const { session, consent, fresh } = await questionOf(params.id, request, response)
        if (session === undefined || consent === undefined) return sendPage(response, expiredPage)
        if (!fresh) return response.redirect(303, `/login/${consent.loginRequestId}`)
        const reason = whyNot(consent, session)
        if (reason === 'suspended') return sendPage(response, wrongAccountPage('suspended', 403, session))
        if (reason === 'other_account')
          return sendPage(response, wrongAccountPage('otherAccount', 409, session))
        sendPage(response, consentPage(consent, session))
      },
    }),
    route({
      method: 'post',
      path: '/consent/:id',
      summary: 'Takes the answer',
      hidden: true,
      params: Id,
      body: Answer,
      async handle({ params, body, request, response }) {
        const { session: found, consent, fresh } = await questionOf(params.id, request, response)
        if (found === undefined || consent === undefined) {
          const isOpen = await consents.isOpen(params.id)
          const reason = isOpen ? 'other_browser_or_account' : 'no_open_question'
          await refused(reason, found, undefined, request)
          return sendPage(response, expiredPage)
        }
        if (!fresh) {
          await refused('log_in_again', found, consent, request)
          return sendPage(response, logInFirstPage(`/login/${consent.loginRequestId}`))
        }
        const session = await forms.admit({ token: body.form_token, fresh: false }, request, response)
        if (session === undefined) return
        if (body.decision === 'deny') return await deny(consent, session, request, response)
        const reason = whyNot(consent, session)
        if (reason !== undefined) {
          const refused = { action: 'consent.approved', outcome: 'refused', reason } as const
          await audit.record({ ...event(consent, session, request), ...refused })
          return response.redirect(303, `/consent/${consent.id}`)
        }
        if (body.purposes.length === 0)
          return sendPage(response, nothingToApprovePage(`/consent/${consent.id}`))
        await approve(consent, session, body.purposes, request, response)
      },
    }),
  ]
}

function toAccount({ toAccount: text }: Messages): Html {
  return html`<p><a href="/account">${text}</a></p>`
}

/** Why this account cannot approve it; `undefined` when it can. */
function whyNot(
  { boundTo }: PendingConsent,
  { account }: Session,
): 'suspended' | 'other_account' | undefined {
  if (account.suspended) return 'suspended'
  return boundTo !== undefined && boundTo !== account.id ? 'other_account' : undefined
}
