import { randomBytes, randomUUID } from 'node:crypto'
import type { RequestHandler, Response } from 'express'
import type { Log } from '../log/logger.ts'

const logs = new WeakMap<Response, Log>()

/** The log of this request, whose lines carry its id. */
export function requestLog(response: Response): Log | undefined {
  return logs.get(response)
}

/** Gives every request an id (header `X-Request-Id`), a log of its own, and the nonce of its page. */
export function requestContext(log: Log): RequestHandler {
  return (_request, response, next) => {
    const requestId = randomUUID()
    response.locals.nonce = randomBytes(16).toString('base64')
    response.setHeader('X-Request-Id', requestId)
    logs.set(response, log.child({ requestId }))
    next()
  }
}
