import { clientAddress, type Route, requestLog, route } from '@odoo-backup/service'
import type { Response } from 'express'
import { z } from 'zod'
import type { AuditTrail } from '../audit/audit-trail.ts'
import { wordsOf } from '../pages/language.ts'
import { sendPage } from '../pages/send-page.ts'
import { type AccountView, accountOf } from '../registry/accounts.ts'
import type { PrismaClient } from '../registry/generated/client.ts'
import type { Authenticator, LoginProvider } from './authenticator.ts'
import type { Consents } from './consents.ts'
import type { Cookies } from './cookies.ts'
import { aimQuery, type LoginAim, ReturnPath } from './login-aim.ts'
import { LoginFailure } from './login-failure.ts'
import { choicePage, expiredPage, failurePage, fragmentPage, refusalPage } from './login-pages.ts'
import type { LoginRequests } from './login-requests.ts'
import { isFresh, type Sessions } from './sessions.ts'

export interface LoginDependencies {
  readonly prisma: PrismaClient
  readonly authenticator: Authenticator
  readonly loginRequests: LoginRequests
  readonly consents: Consents
  readonly sessions: Sessions
  readonly cookies: Cookies
  readonly audit: AuditTrail
  /** Operators who log in for no instance are led to their own pages. */
  readonly isOperator: (account: AccountView) => boolean
  readonly now: () => Date
}

const Provider = z.object({ provider: z.string().max(40) })
/** Where the log-in leads back to; nowhere in particular for whatever is no page of the console. */
const Next = ReturnPath.optional().catch(undefined)

export interface LoginRoutes {
  readonly asking: readonly Route[]
  /**
   * Where a provider leads back to. Its page takes the answer out of the address, so it must be sent whatever is away:
   * else a token would stay there and in the browser's history.
   */
  readonly returning: Route
}

/** From an `auth_link` to the provider and back, up to the consent page. */
export function loginRoutes(dependencies: LoginDependencies): LoginRoutes {
  const { prisma, authenticator, loginRequests, consents, sessions, cookies, audit, now } = dependencies
  const { isOperator } = dependencies

  function notFound(response: Response): void {
    sendPage(response, refusalPage('noLogin', 404))
  }

  /** Where a log-in leads: to the question of an instance, to the page that it was asked for, or to the account pages. */
  async function goOn(
    response: Response,
    account: AccountView,
    browserHash: Uint8Array<ArrayBuffer>,
    { loginRequestId, returnPath }: LoginAim,
  ): Promise<void> {
    if (loginRequestId === undefined)
      return response.redirect(303, isOperator(account) ? (returnPath ?? '/operator') : '/account')
    if ((await loginRequests.find(loginRequestId)) === undefined) return sendPage(response, expiredPage)
    response.redirect(303, `/consent/${await consents.ask(loginRequestId, account, browserHash)}`)
  }

  /** Leads to the log-in provider, or asks with which of several. */
  function choose(response: Response, aim: LoginAim): void {
    const [only, ...others] = authenticator.providers
    if (only !== undefined && others.length === 0) response.redirect(303, `/auth/${only.id}${aimQuery(aim)}`)
    else sendPage(response, choicePage(authenticator.providers, aim))
  }

  async function finish(provider: LoginProvider, input: Parameters<Route['run']>): Promise<void> {
    const [request, response] = input
    const address = clientAddress(request)
    const browserHash = cookies.browserHash(request, response)
    try {
      const { identity, aim } = await authenticator.finish(provider, browserHash, request, response)
      const account = await accountOf(prisma, identity, wordsOf(response).language)
      const { cookie, expiresAt } = await sessions.begin(account, cookies.held(request).session)
      await audit.record({
        action: 'login',
        actor: `account:${account.id}`,
        accountId: account.id,
        address,
        outcome: 'done',
        detail: { provider: provider.id },
      })
      // Only now: no session without its row.
      cookies.setSession(response, cookie, expiresAt)
      await goOn(response, account, browserHash, aim)
    } catch (error) {
      if (!(error instanceof LoginFailure)) throw error
      if (error.cause !== undefined)
        requestLog(response)?.warn({ err: error.cause, provider: provider.id }, 'a log-in failed')
      await audit.record({
        action: 'login',
        actor: 'unknown',
        address,
        outcome: 'refused',
        reason: error.code,
        detail: { provider: provider.id },
      })
      sendPage(response, failurePage(error))
    }
  }

  const returning = route({
    method: 'get',
    path: '/auth/:provider/callback',
    summary: 'Where a log-in provider leads back to',
    hidden: true,
    params: Provider,
    async handle({ params, request, response }) {
      const provider = authenticator.provider(params.provider)
      if (provider === undefined) return notFound(response)
      if (provider.answersInFragment) return sendPage(response, fragmentPage(provider.id))
      await finish(provider, [request, response])
    },
  })

  const asking = [
    route({
      method: 'get',
      path: '/login',
      summary: 'Log in to the account pages',
      hidden: true,
      query: z.object({ next: Next }),
      handle({ query, response }) {
        choose(response, { returnPath: query.next })
      },
    }),
    route({
      method: 'get',
      path: '/login/:id',
      summary: 'What an auth_link opens',
      hidden: true,
      params: z.object({ id: z.string().max(100) }),
      async handle({ params, request, response }) {
        const asked = await loginRequests.find(params.id)
        if (asked === undefined) return sendPage(response, expiredPage)
        const aim = { loginRequestId: asked.id }
        const session = await sessions.find(cookies.held(request))
        if (session !== undefined && isFresh(session, now()))
          return await goOn(response, session.account, cookies.browserHash(request, response), aim)
        choose(response, aim)
      },
    }),
    route({
      method: 'get',
      path: '/auth/:provider',
      summary: 'Leads to a log-in provider',
      hidden: true,
      params: Provider,
      query: z.object({ request: z.string().max(100).optional(), next: Next }),
      async handle({ params, query, request, response }) {
        const provider = authenticator.provider(params.provider)
        if (provider === undefined) return notFound(response)
        if (query.request !== undefined && (await loginRequests.find(query.request)) === undefined)
          return sendPage(response, expiredPage)
        const browserHash = cookies.browserHash(request, response)
        response.setHeader('Cache-Control', 'no-store')
        const aim = { loginRequestId: query.request, returnPath: query.next }
        await authenticator.begin(provider, { browserHash, aim }, request, response)
      },
    }),
    route({
      method: 'post',
      path: '/auth/:provider/callback',
      summary: 'Takes the answer that the callback page moved out of the fragment',
      hidden: true,
      params: Provider,
      async handle({ params, request, response }) {
        const provider = authenticator.provider(params.provider)
        if (provider === undefined || !provider.answersInFragment) return notFound(response)
        await finish(provider, [request, response])
      },
    }),
  ]
  return { asking, returning }
}
