import type { Problem } from '@odoo-backup/protocol'
import { AgentError, type AgentErrorCode } from '../errors.ts'

/** The broker's problem codes, and what each means to the administrator of an instance. */
const MEANINGS: Readonly<Record<string, { code: AgentErrorCode; message: string }>> = {
  login_required: {
    code: 'login_required',
    message:
      'This instance is not connected to an account yet: open the agent’s page, or run odoo-backup login.',
  },
  denied: {
    code: 'access_denied',
    message: 'Access was refused on the consent page. Ask again in ten minutes with odoo-backup login.',
  },
  revoked: {
    code: 'access_revoked',
    message: 'The account has revoked this instance. Connect it again with odoo-backup login.',
  },
  payment_required: {
    code: 'payment_required',
    message: 'The account has not enough credit to store backups.',
  },
  storage_full: {
    code: 'storage_full',
    message: 'The account stores as much as its plan allows.',
  },
  suspended: {
    code: 'account_suspended',
    message: 'The account is suspended: no backup can be stored or read until its operator lifts that.',
  },
  store_refused: {
    code: 'broker_busy',
    message: 'The broker’s store refuses it; its operator must mend that.',
  },
  purpose_refused: {
    code: 'purpose_refused',
    message: 'The account does not allow this instance to do that; it can be allowed on the account’s page.',
  },
  code_refused: {
    code: 'code_refused',
    message: 'The code is wrong, used or too old. Log in again for a new one.',
  },
  rate_limited: { code: 'broker_busy', message: 'The broker asks for a pause.' },
  unavailable: { code: 'broker_busy', message: 'The broker cannot give access at this moment.' },
}

/** Codes whose text is the broker's own: it alone knows amounts. */
const IN_ITS_OWN_WORDS = new Set(['payment_required', 'storage_full'])

/** The typed error of a broker's problem document. */
export function errorOfProblem(url: string, problem: Problem, retryAfterSeconds?: number): AgentError {
  const meaning = MEANINGS[problem.code]
  if (meaning === undefined) {
    const busy = problem.status >= 500
    return new AgentError(
      busy ? 'broker_busy' : 'broker_misbehaved',
      `The broker at ${url} refused: ${problem.detail ?? problem.title}`,
    )
  }
  const own = IN_ITS_OWN_WORDS.has(problem.code) ? (problem.detail ?? meaning.message) : meaning.message
  return new AgentError(meaning.code, own, {
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    ...(problem.authLink === undefined ? {} : { authLink: problem.authLink }),
    ...(problem.rechargeLink === undefined ? {} : { rechargeLink: problem.rechargeLink }),
  })
}
