import type { NextFunction, Request, Response } from 'express'
import passport from 'passport'
import { z } from 'zod'
import type { Identity } from '../registry/accounts.ts'
import type { LoginAim } from './login-aim.ts'
import { type LoginContext, setLoginContext } from './login-context.ts'
import { LoginFailure } from './login-failure.ts'

/** A way to log in, as the page of choices shows it. */
export interface LoginProvider {
  readonly id: string
  readonly label: string
  /** True where the answer comes in the fragment of the address, so that a page of ours must post it. */
  readonly answersInFragment: boolean
  readonly strategy: passport.Strategy
}

/** Passport, without its sessions: who somebody is comes out, and nothing is kept. */
export interface Authenticator {
  readonly providers: readonly LoginProvider[]
  provider(id: string): LoginProvider | undefined
  /** Leads the browser to the provider. */
  begin(
    provider: LoginProvider,
    context: Omit<LoginContext, 'step'>,
    request: Request,
    response: Response,
  ): Promise<void>
  /**
   * Reads the provider's answer.
   * @throws LoginFailure with the aim of the log-in, once its state was found
   */
  finish(
    provider: LoginProvider,
    browserHash: Uint8Array<ArrayBuffer>,
    request: Request,
    response: Response,
  ): Promise<{ identity: Identity; aim: LoginAim }>
}

const IdentityOfStrategy = z.object({
  provider: z.string(),
  subject: z.string(),
  email: z.string().exactOptional(),
  name: z.string().exactOptional(),
})

export function createAuthenticator(providers: readonly LoginProvider[]): Authenticator {
  const authenticator = new passport.Authenticator()
  for (const { id, strategy } of providers) authenticator.use(id, strategy)

  /** Resolves with the user of a strategy; where the strategy leads elsewhere, that answer is the end of it. */
  function run(provider: LoginProvider, request: Request, response: Response): Promise<unknown> {
    return new Promise((resolve, reject) => {
      response.once('finish', () => resolve(undefined))
      const next: NextFunction = error => reject(error ?? new LoginFailure('token_refused'))
      authenticator.authenticate(provider.id, { session: false }, (error: unknown, user: unknown) => {
        if (error) reject(asFailure(error))
        else if (user) resolve(user)
        else reject(new LoginFailure('token_refused'))
      })(request, response, next)
    })
  }

  return {
    providers,
    provider: id => providers.find(provider => provider.id === id),
    async begin(provider, context, request, response) {
      setLoginContext(request, { ...context, step: 'begin' })
      await run(provider, request, response)
    },
    async finish(provider, browserHash, request, response) {
      const context = setLoginContext(request, { step: 'finish', browserHash, aim: {} })
      const aim = () => context.returned?.aim ?? {}
      const found = await run(provider, request, response).catch(error => {
        if (!(error instanceof LoginFailure)) throw error
        throw new LoginFailure(error.code, { cause: error.cause, aim: aim() })
      })
      return { identity: IdentityOfStrategy.parse(found), aim: aim() }
    },
  }
}

/** passport-oauth2 wraps what our own calls throw. */
function asFailure(error: unknown): unknown {
  if (error instanceof LoginFailure) return error
  if (error instanceof Error && 'oauthError' in error && error.oauthError instanceof LoginFailure)
    return error.oauthError
  return error
}
