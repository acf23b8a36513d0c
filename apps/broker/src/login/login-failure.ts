/** Why a log-in did not come to its end, with what its page says. */
const FAILURES = {
  denied_at_provider: {
    status: 403,
    message: 'You did not allow the log-in. Nothing was changed. Go back to your Odoo to try again.',
  },
  state_refused: {
    status: 400,
    message:
      'This log-in was not begun in this browser, was used already, or is older than ten minutes. Go back to your Odoo and begin again.',
  },
  token_refused: {
    status: 403,
    message: 'The log-in service did not confirm who you are. Go back to your Odoo and begin again.',
  },
  provider_unavailable: {
    status: 503,
    message:
      'The log-in service does not answer at the moment. Wait a minute, then go back to your Odoo and try again.',
  },
} as const

export type LoginFailureCode = keyof typeof FAILURES

export class LoginFailure extends Error {
  readonly code: LoginFailureCode
  readonly status: number

  constructor(code: LoginFailureCode, options?: ErrorOptions) {
    super(FAILURES[code].message, options)
    this.name = 'LoginFailure'
    this.code = code
    this.status = FAILURES[code].status
  }
}
