import type { RequestHandler } from 'express'
import { HttpProblem } from '../problem/http-problem.ts'

/** Refuses a request of HTTP/1.1 that names no host (RFC 9112, 3.2), which Node would do without a word of ours. */
export const refuseWithoutHost: RequestHandler = ({ httpVersion, headers }, _response, next) => {
  if (httpVersion === '1.1' && headers.host === undefined)
    throw new HttpProblem({ status: 400, code: 'invalid_request', detail: 'The request names no host.' })
  next()
}
