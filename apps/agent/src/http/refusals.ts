import { HttpProblem } from '@odoo-backup/service'
import type { ErrorRequestHandler } from 'express'
import { AgentError } from '../errors.ts'

/** The agent's own errors as problems (RFC 9457): code, status and message are the same on every surface. */
export const agentErrorsAsProblems: ErrorRequestHandler = (error, _request, _response, next) => {
  next(error instanceof AgentError ? asProblem(error) : error)
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
