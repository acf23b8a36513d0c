import type { Request } from 'express'
import OAuth2Strategy from 'passport-oauth2'
import { z } from 'zod'
import type { Identity } from '../registry/accounts.ts'
import { loginContextOf } from './login-context.ts'
import { LoginFailure } from './login-failure.ts'
import type { LoginStates } from './login-states.ts'
import { createOAuthStateStore } from './oauth-state-store.ts'
import { profileText } from './profile-text.ts'
import { callProvider } from './provider-call.ts'
import type { OAuthProvider } from './provider-settings.ts'

export interface OAuthOptions {
  readonly provider: OAuthProvider
  readonly callbackUrl: string
  readonly states: LoginStates
  readonly fetch: typeof globalThis.fetch
}

const TokenAnswer = z.object({ access_token: z.string().min(1).max(16_384) })

/**
 * Log-in at any OAuth 2.0 or OpenID Connect provider by the code flow with PKCE. The library leads the browser
 * and checks the answer; the two calls to the provider are ours, with a time-out and a limit of size.
 */
export class OAuthStrategy extends OAuth2Strategy {
  override readonly name: string
  private readonly own: OAuthOptions

  constructor(options: OAuthOptions) {
    const { provider, callbackUrl, states } = options
    super(
      {
        authorizationURL: provider.authorizationUrl,
        tokenURL: provider.tokenUrl,
        clientID: provider.clientId,
        clientSecret: provider.clientSecret,
        callbackURL: callbackUrl,
        scope: provider.scope,
        pkce: true,
        state: true,
        store: createOAuthStateStore(provider.id, states),
      },
      (_accessToken: string, _refreshToken: string, profile: Identity, done: OAuth2Strategy.VerifyCallback) =>
        done(null, profile),
    )
    this.name = provider.id
    this.own = options
    this._oauth2.getOAuthAccessToken = (code: string, parameters: unknown, callback?: unknown) => {
      if (typeof callback !== 'function')
        throw new TypeError('passport-oauth2 asks for tokens in another way.')
      this.exchange(code, z.record(z.string(), z.string()).parse(parameters)).then(
        token => callback(null, token),
        error => callback(error),
      )
    }
  }

  /** The library takes an answer without a code for a beginning, which would send the browser round in a circle. */
  override authenticate(request: Request, options?: object): void {
    const { step } = loginContextOf(request)
    if (step === 'finish' && request.query.error !== undefined)
      this.deny(request).catch(error => this.error(error))
    else if (step === 'finish' && request.query.code === undefined)
      this.error(new LoginFailure('state_refused'))
    else super.authenticate(request, options)
  }

  /** The state is used up by a denial too, and tells what the log-in was for. */
  private async deny(request: Request): Promise<never> {
    const context = loginContextOf(request)
    const { provider, states } = this.own
    const { browserHash } = context
    const returned = await states.take({ state: request.query.state, provider: provider.id, browserHash })
    if (returned !== undefined) context.returned = returned
    throw new LoginFailure('denied_at_provider')
  }

  private async exchange(code: string, parameters: Record<string, string>): Promise<string> {
    const { provider, fetch } = this.own
    const body = new URLSearchParams({ ...parameters, code, client_id: provider.clientId })
    if (provider.clientSecret !== '') body.set('client_secret', provider.clientSecret)
    const answer = TokenAnswer.safeParse(
      await callProvider(fetch, new URL(provider.tokenUrl), {
        method: 'POST',
        headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
        body,
      }),
    )
    if (!answer.success) throw new LoginFailure('token_refused')
    return answer.data.access_token
  }

  override userProfile(accessToken: string, done: (error?: unknown, profile?: Identity) => void): void {
    this.ownerOf(accessToken).then(
      identity => done(null, identity),
      error => done(error),
    )
  }

  private async ownerOf(accessToken: string): Promise<Identity> {
    const { provider, fetch } = this.own
    const profile = z.record(z.string(), z.unknown()).safeParse(
      await callProvider(fetch, new URL(provider.profileUrl), {
        headers: { accept: 'application/json', authorization: `Bearer ${accessToken}` },
      }),
    )
    const subject = Subject.safeParse(profile.data?.[provider.subjectField])
    if (!subject.success) throw new LoginFailure('token_refused')
    const [email, name] = [Text.safeParse(profile.data?.email), Text.safeParse(profile.data?.name)]
    return {
      provider: provider.id,
      subject: subject.data,
      ...(email.success ? { email: email.data } : {}),
      ...(name.success ? { name: name.data } : {}),
    }
  }
}

/** OpenID Connect's `sub` has at most 255 characters; others call it `id` and may send a number. */
const Subject = z.union([profileText(255), z.int().transform(String)])
const Text = profileText(320)
