import type { RequestHandler } from 'express'
import { clientAddress } from './client-address.ts'
import { logRequest } from './request-context.ts'

/** One line per answer: method, path without its query string, status, milliseconds, address. */
export const accessLog: RequestHandler = (request, response, next) => {
  const begun = process.hrtime.bigint()
  const path = request.originalUrl.split(/[?#]/, 1)[0] ?? ''
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
