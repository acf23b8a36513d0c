import { HttpProblem } from '@odoo-backup/service'
import type { ErrorRequestHandler } from 'express'
import { AgentError } from '../errors.ts'
import type { Access } from './access/access.ts'
import { failureFor } from './access/account-links.ts'

/** The agent's own errors as problems (RFC 9457): code, status and message are the same on every surface. */
export function agentErrorsAsProblems(access: Pick<Access, 'admitted'>): ErrorRequestHandler {
  return (error, request, _response, next) => {
    next(error instanceof AgentError ? asProblem(failureFor(access.admitted(request), error)) : error)
  }
}

function asProblem(error: AgentError): HttpProblem {
  const { authLink, rechargeLink, retryAfterSeconds, fields } = error
  return new HttpProblem({
    status: error.status,
    code: error.code,
    detail: error.message,
    cause: error.cause,
    fields,
    extra: {
      ...(authLink === undefined ? {} : { authLink }),
      ...(rechargeLink === undefined ? {} : { rechargeLink }),
    },
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  })
}
