import { type Request, Router } from 'express'
import { beginSession, knownUser, sessionUser } from './browser-session.ts'
import { formFields } from './form.ts'
import { escapeHtml, hidden, page } from './html.ts'
import { accountKey, type IapLedger } from './iap-ledger.ts'
import { rpc } from './json-rpc.ts'
import type { Store } from './state.ts'

const PACKS = [10, 100, 1000] as const

/** iap.odoo.com: the transactions of services, and what databases and buyers see. */
export function iapRoutes(store: Store, ledger: IapLedger): Router {
  const router = Router()
  router.post(
    '/iap/1/authorize',
    rpc(params => ledger.authorize(params)),
  )
  router.post(
    '/iap/1/capture',
    rpc(params => ledger.capture(params)),
  )
  router.post(
    '/iap/1/cancel',
    rpc(params => ledger.cancel(params)),
  )
  router.post(
    '/iap/1/balance',
    rpc(params => ledger.balance(params.account_token)),
  )
  router.post(
    '/iap/1/get-accounts-information',
    rpc(params => information(store, params.iap_accounts)),
  )
  router.post(
    '/iap/1/update-warning-email-alerts',
    rpc(params => {
      const account = store.state.accounts[accountKey(String(params.account_token))]
      if (account !== undefined) account.warningThreshold = Number(params.warning_threshold)
      store.save()
    }),
  )

  router.get(['/iap/1/credit', '/iap/1/credit/', '/iap/1/my_account'], (request, response) => {
    const account = buyersAccount(request.query)
    if (account === undefined)
      response.status(400).send(page('Bad Request', '<p>account_token is missing.</p>'))
    else if (sessionUser(request, store) === undefined) response.send(loginPage(request.url))
    else response.send(creditPage(account, ledger.available(account), request))
  })
  router.post('/iap/1/login', (request, response) => {
    const { login, password, next = '' } = formFields(request)
    const user = knownUser(store, login, password)
    if (user === undefined || !/^\/iap\//.test(next)) response.status(401).send(loginPage(next))
    else {
      beginSession(response, store, user)
      response.redirect(303, next)
    }
  })
  router.post('/iap/1/buy', (request, response) => {
    const { account = '', credit } = formFields(request)
    const bought = Number(credit)
    if (sessionUser(request, store) === undefined) response.status(401).send(page('Log in first', ''))
    else if (!/^[0-9a-f]{40}$/.test(account) || !(bought > 0) || bought > 100_000)
      response.status(400).send(page('Bad Request', '<p>There is no such pack.</p>'))
    else {
      ledger.addCredit(account, bought)
      response.send(page('Thank you', `<p>${bought} credits were added.</p>`))
    }
  })
  router.get('/iap/services', (_request, response) => {
    response.send(page('My services', '<p>Open the service in your database to buy credits.</p>'))
  })
  return router
}

/** The account of a buy-credits link: by its token, or in newer Odoo by the hash of the part before a `+`. */
function buyersAccount(query: Request['query']): string | undefined {
  const { account_token: token, hashed } = query
  if (typeof token !== 'string' || token === '') return undefined
  if (hashed === '1') return /^[0-9a-f]{40}$/.test(token) ? token : undefined
  return accountKey(token.split('+')[0] ?? '')
}

function loginPage(next: string): string {
  return page(
    'Log in to odoo.com',
    `<form method="post" action="/iap/1/login">${hidden({ next })}
<label>E-mail <input name="login" type="email" required></label>
<label>Password <input name="password" type="password" required></label>
<button>Log in</button></form>`,
  )
}

function creditPage(account: string, available: number, request: Request): string {
  const { credit, service_name: service } = request.query
  const wanted = Math.ceil(Number(credit ?? 0))
  const packs = [...new Set([...(wanted > 0 ? [wanted] : []), ...PACKS])]
  const buttons = packs
    .map(pack => `<button name="credit" value="${pack}">Buy ${pack} credits</button>`)
    .join('\n')
  return page(
    'Buy credits',
    `<p>Service: ${escapeHtml(String(service ?? ''))}. Your credits: ${available}.</p>
<form method="post" action="/iap/1/buy">${hidden({ account })}${buttons}</form>`,
  )
}

function information(store: Store, accounts: unknown): Record<string, unknown> {
  const asked = Array.isArray(accounts) ? (accounts as { token?: unknown }[]) : []
  return Object.fromEntries(
    asked.map(({ token }) => {
      const account = store.state.accounts[accountKey(String(token))]
      const known = { balance: account?.balance ?? 0, warning_threshold: account?.warningThreshold ?? 0 }
      return [String(token), { ...known, registered: account !== undefined }]
    }),
  )
}
