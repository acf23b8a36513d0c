import { timingSafeEqual } from 'node:crypto'
import { clientAddress } from '@odoo-backup/service'
import type { Request, Response } from 'express'
import { AgentError } from '../../errors.ts'
import type { AgentOperations, StoredToken } from '../../operations.ts'
import type { HttpSettings } from '../settings.ts'
import { type OdooLogin, principalOfOdooLogin } from './odoo-login.ts'
import { ownOrigin } from './own-address.ts'
import { createPasswordGate } from './password-gate.ts'
import { requestOrigin } from './same-origin.ts'
import { createSessions, type Principal, type Session } from './sessions.ts'
import { principalOfToken } from './tokens.ts'

/** Who is at the door. Every way in goes through here: master password, Odoo log-in, token, session cookie. */
export interface Access {
  /** By `Authorization: Bearer`, else by the session cookie; refuses forged requests with `cross_site`. */
  principal(request: Request): Promise<Principal | undefined>
  /** Who this request was found to come from so far, without looking again. */
  admitted(request: Request): Principal | undefined
  /** Whether who was let in before still would be. */
  isWelcome(request: Request): Promise<boolean>
  /** Kept alive by this, unless the request says that nobody attends to the page (`X-Unattended`). */
  session(request: Request): Session | undefined
  /** Throws `wrong_master_password`, `too_many_attempts` or `cross_site`. */
  checkMasterPassword(request: Request, given: string): Promise<void>
  /** Throws `wrong_login` besides. */
  checkOdooLogin(request: Request, given: OdooLogin): Promise<Principal>
  signIn(request: Request, response: Response, principal: Principal): Session
  signOut(request: Request, response: Response): void
}

export interface AccessOptions {
  readonly operations: Pick<AgentOperations, 'isMasterPassword'>
  readonly tokens: () => Promise<readonly StoredToken[]>
  readonly settings: () => HttpSettings
  readonly clock: () => number
}

export const WHOLE_SERVER: Principal = { role: 'administer', name: 'master password' }
const COOKIE = 'odoo_backup_agent_session'
const FORM_TOKEN_HEADER = 'x-csrf-token'
const UNATTENDED_HEADER = 'x-unattended'

export function createAccess({ operations, tokens, settings, clock }: AccessOptions): Access {
  const sessions = createSessions(clock)
  // A right log-in by one way says nothing of the guesses by the other.
  const masterGate = createPasswordGate({ rightForgives: true })
  const odooGate = createPasswordGate({ rightForgives: false })
  const admitted = new WeakMap<Request, Principal>()

  const refuseForeign = (request: Request) => {
    if (requestOrigin(request, settings()) === 'foreign') throw crossSite()
  }

  return {
    async principal(request) {
      const bearer = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(request.get('authorization') ?? '')?.[1]
      if (bearer !== undefined) {
        const principal = principalOfToken(bearer, await tokens())
        if (principal === undefined)
          throw new AgentError(
            'not_signed_in',
            'This token is not known (any more). Make another: odoo-backup token add.',
          )
        admitted.set(request, principal)
        return principal
      }
      const session = this.session(request)
      if (session !== undefined) refuseForged(request, session, settings())
      return session?.principal
    },

    admitted: request => admitted.get(request),

    async isWelcome(request) {
      try {
        return (await this.principal(request)) !== undefined
      } catch (error) {
        // A configuration that cannot be read for the moment shuts nobody out.
        return !(error instanceof AgentError && error.status < 500)
      }
    },

    session(request) {
      const secret = cookieOf(request)
      const session =
        secret === undefined ? undefined : sessions.find(secret, { unattended: isUnattended(request) })
      if (session !== undefined) admitted.set(request, session.principal)
      return session
    },

    async checkMasterPassword(request, given) {
      refuseForeign(request)
      const right = await masterGate.attempt(clientAddress(request), () => operations.isMasterPassword(given))
      if (!right)
        throw new AgentError(
          'wrong_master_password',
          "Incorrect master password. It is Odoo's admin_passwd, the one that the database manager asks for.",
        )
    },

    async checkOdooLogin(request, given) {
      refuseForeign(request)
      let principal: Principal | undefined
      await odooGate.attempt(clientAddress(request), async () => {
        principal = await principalOfOdooLogin(settings().odooUrl, given)
        return principal !== undefined
      })
      if (principal === undefined)
        throw new AgentError('wrong_login', 'Odoo knows no such user with this password in this database.')
      return principal
    },

    signIn(request, response, principal) {
      const former = cookieOf(request)
      if (former !== undefined) sessions.close(former)
      const { secret, session } = sessions.open(principal)
      admitted.set(request, principal)
      const secure = ownOrigin(request, settings()).startsWith('https:')
      // Lax, not strict: the browser comes back from the log-in at the broker by a link of another site.
      response.cookie(COOKIE, secret, { httpOnly: true, sameSite: 'lax', secure, path: '/' })
      return session
    },

    signOut(request, response) {
      const secret = cookieOf(request)
      if (secret !== undefined) sessions.close(secret)
      response.clearCookie(COOKIE, { httpOnly: true, sameSite: 'lax', path: '/' })
    },
  }
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/** A cookie comes along with whatever another site sends: the request must be known to begin on our own pages. */
function refuseForged(request: Request, session: Session, settings: HttpSettings): void {
  if (SAFE_METHODS.has(request.method)) return
  const origin = requestOrigin(request, settings)
  if (origin === 'foreign') throw crossSite()
  if (origin === 'unknown' && !sameText(formTokenOf(request), session.formToken)) throw crossSite()
}

function formTokenOf(request: Request): string {
  const body: unknown = request.body
  const field =
    typeof body === 'object' && body !== null && 'csrf_token' in body ? body.csrf_token : undefined
  return typeof field === 'string' ? field : (request.get(FORM_TOKEN_HEADER) ?? '')
}

/**
 * Whether a page asks by itself, while nobody touches it. Event streams are opened again by the browser alone and
 * cannot carry the header.
 */
function isUnattended(request: Request): boolean {
  return request.get(UNATTENDED_HEADER) !== undefined || request.get('accept') === 'text/event-stream'
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

function cookieOf(request: Request): string | undefined {
  const pairs = (request.get('cookie') ?? '').split(';').map(pair => pair.trim().split('='))
  return pairs.find(([name]) => name === COOKIE)?.[1]
}

function crossSite(): AgentError {
  return new AgentError(
    'cross_site',
    'This request came from another site and was refused. Begin on the page itself.',
  )
}
