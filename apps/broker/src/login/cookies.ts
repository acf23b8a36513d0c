import type { Request, Response } from 'express'
import { readCookie } from '../http/read-cookie.ts'
import { hashOpaqueId, isOpaqueId, newOpaqueId } from './opaque-id.ts'
import type { HeldCookies } from './sessions.ts'

/**
 * The broker's two cookies: one that ties the steps of a log-in to a browser, one that holds the session.
 * Both are `HttpOnly` and `SameSite=Lax` (log-in providers lead back from another site); behind TLS they are
 * `Secure` and carry the prefix by which browsers keep other hosts from setting them.
 */
export interface Cookies {
  /** The hash of the browser's own cookie, which is set when it has none. */
  browserHash(request: Request, response: Response): Uint8Array<ArrayBuffer>
  held(request: Request): HeldCookies
  setSession(response: Response, value: string, expiresAt: Date): void
  clearSession(response: Response): void
}

export function createCookies({ secure }: { secure: boolean }): Cookies {
  const prefix = secure ? '__Host-' : ''
  const browserName = `${prefix}odoo_backup_browser`
  const sessionName = `${prefix}odoo_backup_session`
  const attributes = { httpOnly: true, sameSite: 'lax', secure, path: '/' } as const

  return {
    browserHash(request, response) {
      const known = readCookie(request, browserName)
      if (isOpaqueId(known)) return hashOpaqueId(known)
      const fresh = newOpaqueId()
      response.cookie(browserName, fresh, attributes)
      return hashOpaqueId(fresh)
    },
    held: request => ({
      session: readCookie(request, sessionName),
      browser: readCookie(request, browserName),
    }),
    setSession: (response, value, expires) => {
      response.cookie(sessionName, value, { ...attributes, expires })
    },
    clearSession: response => {
      response.clearCookie(sessionName, attributes)
    },
  }
}
