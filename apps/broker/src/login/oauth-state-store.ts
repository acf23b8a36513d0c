import type { Request } from 'express'
import type { StateStore } from 'passport-oauth2'
import { loginContextOf } from './login-context.ts'
import { LoginFailure } from './login-failure.ts'
import type { LoginStates } from './login-states.ts'

/**
 * passport-oauth2 keeps one state in each session, so that a second tab breaks the first; this store keeps each
 * by its id. The library tells by the number of declared parameters how it calls: five with PKCE.
 */
export function createOAuthStateStore(provider: string, states: LoginStates): StateStore {
  return {
    store(request: Request, verifier: unknown, _state?: unknown, _meta?: unknown, callback?: unknown) {
      const { browserHash, aim } = loginContextOf(request)
      const codeVerifier = typeof verifier === 'string' ? verifier : undefined
      answer(callback, states.begin({ provider, browserHash, aim, codeVerifier }), state => [state])
    },

    verify(request: Request, state: unknown, _meta: unknown, callback?: unknown) {
      const context = loginContextOf(request)
      const taken = states.take({ state, provider, browserHash: context.browserHash }).then(returned => {
        if (returned?.codeVerifier === undefined) throw new LoginFailure('state_refused')
        context.returned = returned
        return returned.codeVerifier
      })
      answer(callback, taken, verifier => [verifier, {}])
    },
  }
}

function answer<T>(callback: unknown, work: Promise<T>, values: (result: T) => unknown[]): void {
  if (typeof callback !== 'function')
    throw new TypeError('passport-oauth2 calls its state store in another way.')
  work.then(
    result => callback(null, ...values(result)),
    error => callback(error),
  )
}
