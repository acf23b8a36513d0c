import type { Request } from 'express'
import type { HttpSettings } from '../settings.ts'

/**
 * The origin under which the visitor sees this agent. Express answers `protocol` and `host` by the proxy's
 * headers only where `trust proxy` says so, which follows `proxy_mode`.
 */
export function ownOrigin(request: Request, settings: HttpSettings): string {
  if (settings.publicUrl !== undefined) return new URL(settings.publicUrl).origin
  return `${request.protocol}://${request.host ?? 'localhost'}`
}

/** The visitor's address of this very page, without `dropped` query parameters. */
export function ownUrl(request: Request, settings: HttpSettings, dropped: readonly string[] = []): string {
  const url = new URL(request.originalUrl, ownOrigin(request, settings))
  for (const name of dropped) url.searchParams.delete(name)
  return url.href
}

/** Every origin that counts as ours: the visitor's, the public one, Odoo's. */
export function knownOrigins(request: Request, settings: HttpSettings): ReadonlySet<string> {
  const origins = new Set([
    `${request.protocol}://${request.host ?? 'localhost'}`,
    new URL(settings.odooUrl).origin,
  ])
  if (settings.publicUrl !== undefined) origins.add(new URL(settings.publicUrl).origin)
  return origins
}

/**
 * Where a `redirect` of a query may lead: a path of this origin, or a full address of a known origin. Returns
 * undefined for everything else: other hosts, `//host`, `/\host`, other schemes, control characters.
 */
export function safeRedirect(target: string, origin: string, known: ReadonlySet<string>): string | undefined {
  if (target.length > 2000 || hasControlCharacter(target) || target.includes('\\')) return undefined
  const url = URL.canParse(target, origin) ? new URL(target, origin) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    return undefined
  if (url.origin === origin)
    return url.pathname.startsWith('//') ? undefined : `${url.pathname}${url.search}${url.hash}`
  return known.has(url.origin) ? url.href : undefined
}

function hasControlCharacter(text: string): boolean {
  return [...text].some(character => character < ' ' || character === '\u007f')
}
