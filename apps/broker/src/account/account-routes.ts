import { clientAddress, type Route, route } from '@odoo-backup/service'
import { z } from 'zod'
import type { AuditTrail } from '../audit/audit-trail.ts'
import type { ChangeTrail } from '../audit/change-trail.ts'
import type { BindingCodes } from '../login/binding.ts'
import type { Cookies } from '../login/cookies.ts'
import type { FormGuard } from '../login/form-guard.ts'
import { refusalPage } from '../login/login-pages.ts'
import type { Session, Sessions } from '../login/sessions.ts'
import { TickedPurposes } from '../login/ticked-purposes.ts'
import { contactLink } from '../pages/contact.ts'
import { wordsOf } from '../pages/language.ts'
import type { Messages } from '../pages/messages/en.ts'
import { sendPage } from '../pages/send-page.ts'
import { instancesOf, nameInstance } from '../registry/account-instances.ts'
import { type AccountView, noteLanguage } from '../registry/accounts.ts'
import type { PrismaClient } from '../registry/generated/client.ts'
import { InstanceId } from '../registry/ids.ts'
import type { StandingChanges } from '../registry/standing-changes.ts'
import { type AccountSection, accountPage } from './account-page.ts'
import { latestNotices } from './latest-notices.ts'
import { rechargePage } from './recharge-page.ts'

export interface AccountRoutesDependencies {
  readonly prisma: PrismaClient
  readonly sessions: Sessions
  readonly cookies: Cookies
  readonly forms: FormGuard
  readonly standingChanges: StandingChanges
  readonly audit: AuditTrail
  readonly changeTrail: ChangeTrail
  readonly codes: Pick<BindingCodes, 'openApprovals' | 'withdraw'>
  readonly credentialMinutes: number
  readonly isOperator: (account: AccountView) => boolean
  /** Where credit is bought for an account. */
  readonly rechargeUrl: (accountId: string) => Promise<string>
  /** What other parts show on the page, such as storage and balance. */
  readonly sections: readonly ((
    account: AccountView,
    session: Session,
  ) => Promise<(words: Messages) => AccountSection>)[]
}

const Form = z.object({ form_token: z.string().max(200).optional() })
const Instance = z.object({ id: InstanceId })
/** Where the page of installations begins; the first one for whatever is no instance. */
const Page = z.object({ after: InstanceId.optional().catch(undefined) })

/** The pages by which an account sees and changes what may use it. */
export function accountRoutes(dependencies: AccountRoutesDependencies): Route[] {
  const { prisma, sessions, cookies, forms, standingChanges, audit, changeTrail } = dependencies
  const { codes, credentialMinutes, rechargeUrl, sections } = dependencies
  const noSuch = refusalPage('noInstallation', 404)

  return [
    route({
      method: 'get',
      path: '/',
      summary: 'Leads to the account',
      hidden: true,
      handle({ response }) {
        response.redirect(303, '/account')
      },
    }),
    route({
      method: 'get',
      path: '/account',
      summary: 'The account and its installations',
      hidden: true,
      query: Page,
      async handle({ query, request, response }) {
        const session = await sessions.find(cookies.held(request))
        if (session === undefined) return response.redirect(303, '/login')
        const { account } = session
        await noteLanguage(prisma, account, wordsOf(response).language)
        const [instances, openApprovals, notices, shown] = await Promise.all([
          instancesOf(prisma, account.id, query.after),
          codes.openApprovals(account.id),
          latestNotices(prisma, account.id),
          Promise.all(sections.map(section => section(account, session))),
        ])
        const isOperator = dependencies.isOperator(account)
        const content = {
          session,
          isOperator,
          instances,
          openApprovals,
          notices,
          contact: contactLink(response),
          credentialMinutes,
          sections: shown,
        }
        sendPage(response, accountPage(content))
      },
    }),
    route({
      method: 'post',
      path: '/account/instances/:id',
      summary: 'Changes what an installation is called and may do',
      hidden: true,
      params: Instance,
      body: Form.extend({ name: z.string().trim().max(80).default(''), purposes: TickedPurposes }),
      async handle({ params, body, request, response }) {
        const session = await forms.admit({ token: body.form_token, fresh: true }, request, response)
        if (session === undefined) return
        const of = { instanceId: params.id, accountId: session.account.id }
        const by = { actor: `account:${session.account.id}`, address: clientAddress(request) }
        if (!(await standingChanges.setPurposes(of, body.purposes, by))) return sendPage(response, noSuch)
        await nameInstance(prisma, of, body.name)
        response.redirect(303, '/account')
      },
    }),
    route({
      method: 'post',
      path: '/account/instances/:id/revoke',
      summary: 'Revokes an installation for good',
      hidden: true,
      params: Instance,
      body: Form,
      async handle({ params, body, request, response }) {
        const session = await forms.admit({ token: body.form_token, fresh: true }, request, response)
        if (session === undefined) return
        const of = { instanceId: params.id, accountId: session.account.id }
        const by = { actor: `account:${session.account.id}`, address: clientAddress(request) }
        if (!(await standingChanges.revoke(of, by))) return sendPage(response, noSuch)
        response.redirect(303, '/account')
      },
    }),
    route({
      method: 'post',
      path: '/account/approvals/withdraw',
      summary: 'Takes back approvals that are not completed yet',
      hidden: true,
      body: Form,
      async handle({ body, request, response }) {
        const session = await forms.admit({ token: body.form_token, fresh: true }, request, response)
        if (session === undefined) return
        const { id } = session.account
        const event = {
          action: 'consent.withdrawn',
          actor: `account:${id}`,
          accountId: id,
          address: clientAddress(request),
          outcome: 'done',
        } as const
        await changeTrail.record(async transaction => {
          const count = await codes.withdraw(transaction, id)
          return { answer: undefined, event: { ...event, detail: { count } } }
        })
        response.redirect(303, '/account')
      },
    }),
    route({
      method: 'post',
      path: '/account/recharge',
      summary: 'Leads to the page where credit is bought',
      hidden: true,
      body: Form,
      async handle({ body, request, response }) {
        const session = await forms.admit({ token: body.form_token, fresh: false }, request, response)
        if (session !== undefined) sendPage(response, rechargePage(await rechargeUrl(session.account.id)))
      },
    }),
    route({
      method: 'post',
      path: '/logout',
      summary: 'Logs out',
      hidden: true,
      body: Form,
      async handle({ body, request, response }) {
        const session = await forms.admit({ token: body.form_token, fresh: false }, request, response)
        if (session === undefined) return
        await sessions.end(cookies.held(request).session)
        cookies.clearSession(response)
        await audit.record({
          action: 'logout',
          actor: `account:${session.account.id}`,
          accountId: session.account.id,
          address: clientAddress(request),
          outcome: 'done',
        })
        sendPage(response, refusalPage('loggedOut', 200))
      },
    }),
  ]
}
