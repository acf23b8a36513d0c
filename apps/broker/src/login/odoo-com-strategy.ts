import type { Request } from 'express'
import passport from 'passport'
import { z } from 'zod'
import { type Identity, ODOO_COM } from '../registry/accounts.ts'
import { loginContextOf } from './login-context.ts'
import { LoginFailure } from './login-failure.ts'
import type { LoginStates } from './login-states.ts'
import { profileText } from './profile-text.ts'
import { callProvider } from './provider-call.ts'

export interface OdooComOptions {
  readonly authorizationUrl: string
  readonly tokenInfoUrl: string
  /** A UUID of this service: tokens are issued for it, and only those are taken. */
  readonly clientId: string
  readonly scope: string
  readonly callbackUrl: string
  readonly states: LoginStates
  readonly fetch: typeof globalThis.fetch
}

/** What the callback page posts: the fragment of the address to which odoo.com led back. */
const Answer = z.object({
  state: z.string().max(200),
  access_token: z.string().max(4096).default(''),
  error: z.string().max(200).default(''),
})

/** Odoo says `false` where something is empty; neither e-mail address nor name is needed. */
const Information = profileText(320).optional().catch(undefined)

/** The fields of odoo.com's tokeninfo that count; `user_id` is a number or its text. */
const TokenInfo = z.object({
  user_id: z
    .union([z.string(), z.int()])
    .transform(String)
    .pipe(z.string().regex(/^[1-9][0-9]{0,19}$/)),
  audience: z.string(),
  email: Information,
  name: Information,
  error: z.undefined().optional(),
})

/**
 * Log-in at accounts.odoo.com, which speaks the implicit flow of OAuth 2.0 (RFC 6749, 4.2): the token comes in
 * the fragment, which the callback page posts. The token is asked for its owner once and forgotten.
 */
export class OdooComStrategy extends passport.Strategy {
  override readonly name = ODOO_COM
  private readonly options: OdooComOptions

  constructor(options: OdooComOptions) {
    super()
    this.options = options
  }

  override authenticate(request: Request): void {
    const step = loginContextOf(request).step === 'finish' ? this.finish(request) : this.begin(request)
    step.catch(error => this.error(error))
  }

  private async begin(request: Request): Promise<void> {
    const { authorizationUrl, clientId, callbackUrl, scope, states } = this.options
    const { browserHash, aim } = loginContextOf(request)
    const state = await states.begin({
      provider: ODOO_COM,
      browserHash,
      aim,
      codeVerifier: undefined,
    })
    const url = new URL(authorizationUrl)
    const parameters = {
      response_type: 'token',
      client_id: clientId,
      redirect_uri: callbackUrl,
      scope,
      state,
    }
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
    this.redirect(url.href)
  }

  private async finish(request: Request): Promise<void> {
    const context = loginContextOf(request)
    const answer = Answer.safeParse(request.body)
    if (!answer.success) throw new LoginFailure('state_refused')
    const { state, access_token, error } = answer.data
    const { browserHash } = context
    const returned = await this.options.states.take({ state, provider: ODOO_COM, browserHash })
    if (returned === undefined) throw new LoginFailure('state_refused')
    if (error !== '' || access_token === '') throw new LoginFailure('denied_at_provider')
    context.returned = returned
    this.success(await this.ownerOf(access_token))
  }

  /** A token that was issued for another service proves nothing here: its `audience` must be ours. */
  private async ownerOf(token: string): Promise<Identity> {
    const url = new URL(this.options.tokenInfoUrl)
    url.searchParams.set('access_token', token)
    const info = TokenInfo.safeParse(await callProvider(this.options.fetch, url))
    if (!info.success || info.data.audience !== this.options.clientId) throw new LoginFailure('token_refused')
    const { user_id: subject, email, name } = info.data
    return {
      provider: ODOO_COM,
      subject,
      ...(email === undefined ? {} : { email }),
      ...(name === undefined ? {} : { name }),
    }
  }
}
