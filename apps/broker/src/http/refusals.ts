import { HttpProblem } from '@odoo-backup/service'
import { Refusal } from './refusal.ts'

/** Refusals that several calls of agents share, so that they say the same everywhere. */

export function revoked(): HttpProblem {
  return new HttpProblem({
    status: 403,
    code: 'revoked',
    detail: 'This key was revoked for good. Let the agent make a new key: run `odoo-backup login --new-key`.',
  })
}

/** For a key that is bound to nobody; the link is where a person logs in and approves it. */
export function loginRequired(authLink: string): HttpProblem {
  return new HttpProblem({
    status: 401,
    code: 'login_required',
    detail: 'No account has approved this instance yet: open the link in a browser and log in.',
    extra: { authLink },
  })
}

export function redirectRefused(): HttpProblem {
  return new HttpProblem({
    status: 400,
    code: 'invalid_request',
    detail: 'redirect must be an absolute http(s) URL without user information, at most 2048 characters.',
  })
}

export function noSuchAccount(): Refusal {
  return new Refusal(404, 'not_found', words => words.noSuchAccount)
}

export function noSuchInstance(): Refusal {
  return new Refusal(404, 'not_found', words => words.noSuchInstance)
}

/** How one who runs the service is told that the registry is away, and how all others are. */
export type RegistryAway = 'registryAway' | 'accountsAway'

/** @param cause what the registry was asked for in vain */
export function registryAway(told: RegistryAway, cause: unknown): Refusal {
  return new Refusal(503, 'unavailable', words => words[told], cause)
}

/** The same refusal, of a change that was not begun. */
export function nothingChanged({ status, code, toldIn, cause }: Refusal): Refusal {
  return new Refusal(status, code, words => `${words.nothingChanged} ${toldIn(words)}`, cause)
}
