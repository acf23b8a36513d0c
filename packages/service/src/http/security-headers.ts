import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { RequestHandler } from 'express'
import helmet from 'helmet'

export interface SecurityOptions {
  /** Served over TLS: browsers are told to come by https only. */
  readonly behindTls: boolean
  /** Further sources of the content policy, such as `{ 'connect-src': ['wss://…'] }`. */
  readonly sources?: Readonly<Record<string, readonly string[]>>
}

/**
 * Helmet with a content policy that allows nothing from elsewhere: scripts and styles of ours by file or by the
 * nonce of the answer, no frames, forms only to ourselves.
 */
export function securityHeaders({ behindTls, sources = {} }: SecurityOptions): RequestHandler {
  const policy = (nonce: string) => {
    const own: Record<string, string[]> = {
      'default-src': ["'none'"],
      'script-src': ["'self'", `'nonce-${nonce}'`],
      'style-src': ["'self'", `'nonce-${nonce}'`],
      'img-src': ["'self'", 'data:'],
      'font-src': ["'self'"],
      'connect-src': ["'self'"],
      'manifest-src': ["'self'"],
      'form-action': ["'self'"],
      'frame-ancestors': ["'none'"],
      'base-uri': ["'none'"],
    }
    for (const [name, further] of Object.entries(sources)) own[name] = [...(own[name] ?? []), ...further]
    return Object.entries(own)
      .map(([name, values]) => `${name} ${values.join(' ')}`)
      .join(';')
  }
  const others = helmet({
    contentSecurityPolicy: false,
    strictTransportSecurity: behindTls,
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  })
  const fixed = headersOf(others)
  const aroundNonce = policy(NONCE_PLACE).split(NONCE_PLACE)
  return (_request, response, next) => {
    response.setHeader('Content-Security-Policy', aroundNonce.join(String(response.locals.nonce)))
    for (const [name, value] of fixed) response.setHeader(name, value)
    next()
  }
}

const NONCE_PLACE = '\u0000'

/** What helmet sets is the same for every answer: it is asked once, and not in thirteen steps for each. */
function headersOf(handler: ReturnType<typeof helmet>): [string, string][] {
  const response = new ServerResponse(new IncomingMessage(new Socket()))
  handler(response.req, response, error => {
    if (error !== undefined) throw error
  })
  return Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)])
}
