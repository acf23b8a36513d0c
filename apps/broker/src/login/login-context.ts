import type { Request } from 'express'
import type { LoginAim } from './login-aim.ts'
import type { LoginState } from './login-states.ts'

/**
 * What a passport strategy must know of the browser before it, and what it finds: passport hands a strategy the
 * request alone.
 */
export interface LoginContext {
  readonly step: 'begin' | 'finish'
  readonly browserHash: Uint8Array<ArrayBuffer>
  /** Of a log-in that begins. */
  readonly aim: LoginAim
  /** Of a log-in that ends: the state that it began with. */
  returned?: LoginState
}

const contexts = new WeakMap<Request, LoginContext>()

export function setLoginContext(request: Request, context: LoginContext): LoginContext {
  contexts.set(request, context)
  return context
}

export function loginContextOf(request: Request): LoginContext {
  const context = contexts.get(request)
  if (context === undefined) throw new Error('A log-in strategy was reached without its context.')
  return context
}
