import { randomBytes } from 'node:crypto'
import { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import { beginSession, endSession, knownUser, sessionUser } from './browser-session.ts'
import { formFields } from './form.ts'
import { escapeHtml, hidden, page } from './html.ts'
import type { Store, User } from './state.ts'

const TOKEN_LIFE_SECONDS = 3600

/** An authorization request of OAuth 2's implicit grant, as Odoo sends it. */
const AuthorizationRequest = z.object({
  response_type: z.literal('token', 'Only response_type=token is served.'),
  client_id: z.string('client_id is missing.').min(1, 'client_id is missing.'),
  redirect_uri: z
    .string('redirect_uri is missing.')
    .refine(
      uri => URL.canParse(uri) && /^https?:$/.test(new URL(uri).protocol),
      'redirect_uri is not a web address.',
    )
    .refine(uri => !uri.includes('#'), 'redirect_uri has a fragment.'),
  scope: z.string().default('userinfo'),
  state: z.string().optional(),
})
type AuthorizationRequest = z.infer<typeof AuthorizationRequest>

/** accounts.odoo.com: log-in form, consent with approve and deny, answer in the fragment, tokeninfo. */
export function accountsRoutes(store: Store): Router {
  const router = Router()

  router.get('/oauth2/auth', (request, response) => {
    const wanted = authorizationRequest(request.query, response)
    if (wanted === undefined) return
    const user = sessionUser(request, store)
    response.send(user === undefined ? loginPage(wanted) : consentPage(wanted, user))
  })

  router.post('/oauth2/login', (request, response) => {
    const wanted = authorizationRequest(formFields(request), response)
    if (wanted === undefined) return
    const { login, password } = formFields(request)
    const user = knownUser(store, login, password)
    if (user === undefined) {
      response.status(401).send(loginPage(wanted, 'Wrong login or password'))
      return
    }
    beginSession(response, store, user)
    response.redirect(303, `/oauth2/auth?${new URLSearchParams(fields(wanted))}`)
  })

  router.post('/oauth2/decision', (request, response) => {
    const wanted = authorizationRequest(formFields(request), response)
    if (wanted === undefined) return
    const user = sessionUser(request, store)
    if (user === undefined) response.send(loginPage(wanted))
    else if (formFields(request).decision === 'approve') answer(response, wanted, grant(store, wanted, user))
    else
      answer(response, wanted, { error: 'access_denied', error_description: 'The user denied the request.' })
  })

  router.get('/oauth2/tokeninfo', (request, response) => tokenInfo(store, request, response))

  router.get('/logout', (_request, response) => {
    endSession(response)
    response.send(page('Logged out', '<p>You are logged out of odoo.com.</p>'))
  })
  return router
}

function authorizationRequest(values: unknown, response: Response): AuthorizationRequest | undefined {
  const parsed = AuthorizationRequest.safeParse(values)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map(issue => `<p>${escapeHtml(issue.message)}</p>`).join('')
  response.status(400).send(page('This request cannot be served', faults))
  return undefined
}

function fields(wanted: AuthorizationRequest): Record<string, string> {
  const { state, ...rest } = wanted
  return state === undefined ? rest : { ...rest, state }
}

function loginPage(wanted: AuthorizationRequest, fault = ''): string {
  return page(
    'Log in to odoo.com',
    `${fault === '' ? '' : `<p role="alert">${escapeHtml(fault)}</p>`}
<form method="post" action="/oauth2/login">
${hidden(fields(wanted))}
<label>E-mail <input name="login" type="email" autocomplete="username" required></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<button name="submit" value="login">Log in</button>
</form>`,
  )
}

function consentPage(wanted: AuthorizationRequest, user: User): string {
  return page(
    'Allow access?',
    `<p><strong>${escapeHtml(new URL(wanted.redirect_uri).host)}</strong> asks to know who you are on odoo.com.
You are ${escapeHtml(user.name)} (${escapeHtml(user.email)}).</p>
<form method="post" action="/oauth2/decision">
${hidden(fields(wanted))}
<button name="decision" value="approve">Allow</button>
<button name="decision" value="deny">Deny</button>
</form>
<p><a href="/logout">Not you? Log out.</a></p>`,
  )
}

function grant(store: Store, wanted: AuthorizationRequest, user: User): Record<string, string> {
  const token = randomBytes(20).toString('hex')
  store.state.accessTokens[token] = {
    userId: user.id,
    clientId: wanted.client_id,
    scope: wanted.scope,
    expiresAt: store.now() + TOKEN_LIFE_SECONDS * 1_000,
  }
  store.save()
  return {
    access_token: token,
    token_type: 'Bearer',
    expires_in: String(TOKEN_LIFE_SECONDS),
    scope: wanted.scope,
  }
}

/** Back to the caller, with the answer in the fragment, which no server sees. */
function answer(response: Response, wanted: AuthorizationRequest, values: Record<string, string>): void {
  const fragment = new URLSearchParams(values)
  if (wanted.state !== undefined) fragment.set('state', wanted.state)
  response.redirect(303, `${wanted.redirect_uri}#${fragment}`)
}

/** Who a token speaks for; the token comes as a parameter, or as Odoo 15 and later may send it, in the header. */
function tokenInfo({ state, now }: Store, request: Request, response: Response): void {
  const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1]
  const token = bearer ?? request.query.access_token
  const known = typeof token === 'string' ? state.accessTokens[token] : undefined
  const user = state.users.find(candidate => candidate.id === known?.userId)
  if (token === undefined) {
    response.status(400).json({ error: 'invalid_request', error_description: 'access_token is missing.' })
  } else if (known === undefined || user === undefined || known.expiresAt <= now()) {
    response.set('WWW-Authenticate', 'Bearer error="invalid_token"')
    response.status(401).json({ error: 'invalid_token', error_description: 'The access token is not valid.' })
  } else {
    response.set('Cache-Control', 'no-store').json({
      user_id: user.id,
      email: user.email,
      name: user.name,
      audience: known.clientId,
      client_id: known.clientId,
      scope: known.scope,
      expires_in: Math.floor((known.expiresAt - now()) / 1_000),
    })
  }
}
