import express, { type Express, type RequestHandler } from 'express'
import type { Log } from '../log/logger.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { answerNotFound, type ProblemWording, renderProblems } from '../problem/render.ts'
import { accessLog } from './access-log.ts'
import { refuseWithoutHost } from './refuse-without-host.ts'
import { requestContext } from './request-context.ts'
import { type SecurityOptions, securityHeaders } from './security-headers.ts'

export interface HttpAppOptions extends Partial<SecurityOptions> {
  readonly log: Log
  /** Addresses or networks (CIDR) of proxies whose `X-Forwarded-*` count; none by default. */
  readonly trustedProxies?: readonly string[]
  readonly metrics?: Metrics
  /** Segments of paths that work for whoever has them; the access log leaves them out. No `g` flag. */
  readonly secretSegment?: RegExp
  /** The largest JSON or form body in bytes; 100 kB by default. Larger ones are answered 413. */
  readonly bodyLimitBytes?: number
  /**
   * What stands before the parsers of bodies, in this order: limits, which must count also what a parser refuses and
   * spare it what is too many, and handlers that need the raw body (signatures, uploads).
   */
  readonly beforeBody?: readonly RequestHandler[]
}

/**
 * An express app with what every service of ours has: ids, access log, metrics, security headers, bounded bodies.
 * Add routes, then `finishHttpApp`.
 */
export function createHttpApp(options: HttpAppOptions): Express {
  const { log, trustedProxies = [], metrics, bodyLimitBytes = 100_000, beforeBody = [] } = options
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('query parser', 'simple')
  app.set('trust proxy', [...trustedProxies])
  app.use(requestContext(log))
  app.use(accessLog(options.secretSegment))
  if (metrics !== undefined) app.use(metrics.observeRequests)
  app.use(
    securityHeaders({
      behindTls: options.behindTls ?? false,
      ...(options.sources === undefined ? {} : { sources: options.sources }),
    }),
  )
  for (const handler of beforeBody) app.use(handler)
  app.use(refuseWithoutHost)
  app.use(express.json({ limit: bodyLimitBytes }))
  app.use(express.urlencoded({ limit: bodyLimitBytes, extended: false, parameterLimit: 100 }))
  return app
}

export interface FinishOptions {
  readonly log: Log
  /** Words pages of errors for their reader; English by default. */
  readonly wording?: ProblemWording
}

/** Adds the last two handlers: 404, and the rendering of every error. */
export function finishHttpApp(app: Express, { log, wording }: FinishOptions): Express {
  app.use(answerNotFound)
  app.use(renderProblems(log, wording))
  return app
}
