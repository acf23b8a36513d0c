import type { LoginAim } from './login-aim.ts'

/** Why a log-in did not come to its end, with the status of the page that says so. */
const STATUS = {
  denied_at_provider: 403,
  state_refused: 400,
  token_refused: 403,
  provider_unavailable: 503,
} as const

export type LoginFailureCode = keyof typeof STATUS

export class LoginFailure extends Error {
  readonly code: LoginFailureCode
  readonly status: number
  /** What somebody logged in for; empty where nobody knows any more. */
  readonly aim: LoginAim

  constructor(code: LoginFailureCode, options: ErrorOptions & { readonly aim?: LoginAim } = {}) {
    super(code, options)
    this.name = 'LoginFailure'
    this.code = code
    this.status = STATUS[code]
    this.aim = options.aim ?? {}
  }
}
