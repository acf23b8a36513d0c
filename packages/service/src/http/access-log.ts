import type { RequestHandler } from 'express'
import { clientAddress } from './client-address.ts'
import { decodedSegment } from './decoded-segment.ts'
import { logRequest } from './request-context.ts'

/**
 * One line per answer: method, path without its query string, status, milliseconds, address. Segments of the path
 * that match `secretSegment` (links that work for whoever has them) are left out of it.
 */
export function accessLog(secretSegment?: RegExp): RequestHandler {
  return (request, response, next) => {
    const begun = process.hrtime.bigint()
    // A question mark that somebody has encoded is one to whoever reads the log.
    const whole = request.originalUrl.split(/[?#]|%3f/i, 1)[0] ?? ''
    const path = secretSegment === undefined ? whole : withoutSegments(whole, secretSegment)
    const address = clientAddress(request)
    response.once('close', () => {
      const milliseconds = Number(process.hrtime.bigint() - begun) / 1e6
      logRequest(
        response,
        {
          method: request.method,
          path,
          status: response.statusCode,
          milliseconds: Math.round(milliseconds * 10) / 10,
          address,
          ...(response.writableFinished ? {} : { cut: true }),
        },
        'request',
      )
    })
    next()
  }
}

function withoutSegments(path: string, secret: RegExp): string {
  return path
    .split('/')
    .map(segment => (secret.test(decodedSegment(segment)) ? '…' : segment))
    .join('/')
}
