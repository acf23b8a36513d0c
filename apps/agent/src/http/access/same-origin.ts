import type { Request } from 'express'
import type { HttpSettings } from '../settings.ts'
import { knownOrigins } from './own-address.ts'

/** Where a browser says that a request began: here, on another site, or nothing (no browser, or a very old one). */
export type RequestOrigin = 'own' | 'foreign' | 'unknown'

/**
 * Judges by `Sec-Fetch-Site`, which scripts cannot forge, else by `Origin`, whose host must be ours. Schemes are
 * not compared: behind a proxy without `proxy_mode` we see http where the visitor sees https.
 */
export function requestOrigin(request: Request, settings: HttpSettings): RequestOrigin {
  const site = request.get('sec-fetch-site')
  if (site !== undefined) return site === 'same-origin' || site === 'none' ? 'own' : 'foreign'
  const origin = request.get('origin')
  // A page that hides its referrer makes browsers hide the origin as well.
  if (origin === undefined || origin === 'null') return 'unknown'
  if (!URL.canParse(origin)) return 'foreign'
  const hosts = [...knownOrigins(request, settings)].map(known => new URL(known).host)
  return hosts.includes(new URL(origin).host) ? 'own' : 'foreign'
}
