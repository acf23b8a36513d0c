import { randomFillSync, randomUUID } from 'node:crypto'
import type { RequestHandler, Response } from 'express'
import type { Log } from '../log/logger.ts'

interface Context {
  readonly log: Log
  readonly requestId: string
  /** Made for the first line that a handler writes: most requests have no line but that of the access log. */
  child?: Log
}

const contexts = new WeakMap<Response, Context>()

/** The log of this request, whose lines carry its id. */
export function requestLog(response: Response): Log | undefined {
  const context = contexts.get(response)
  if (context === undefined) return undefined
  context.child ??= context.log.child({ requestId: context.requestId })
  return context.child
}

/** Writes one line that carries the id of the request, without a log of its own. */
export function logRequest(response: Response, fields: Record<string, unknown>, message: string): void {
  const context = contexts.get(response)
  context?.log.info({ requestId: context.requestId, ...fields }, message)
}

/** Gives every request an id (header `X-Request-Id`), a log of its own, and the nonce of its page. */
export function requestContext(log: Log): RequestHandler {
  return (_request, response, next) => {
    const requestId = randomUUID()
    response.locals.nonce = nextNonce()
    response.setHeader('X-Request-Id', requestId)
    contexts.set(response, { log, requestId })
    next()
  }
}

const NONCE_BYTES = 16
/** Asked of the system for many nonces at once: one question for each answer would be felt. */
const nonces = Buffer.alloc(NONCE_BYTES * 256)
let used = nonces.length

function nextNonce(): string {
  if (used === nonces.length) {
    randomFillSync(nonces)
    used = 0
  }
  used += NONCE_BYTES
  return nonces.toString('base64', used - NONCE_BYTES, used)
}
