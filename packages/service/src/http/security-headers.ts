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
  return (request, response, next) => {
    response.setHeader('Content-Security-Policy', policy(String(response.locals.nonce)))
    others(request, response, next)
  }
}
