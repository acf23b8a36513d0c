import { AgentError } from '../../errors.ts'
import type { ConnectionState } from '../../operations.ts'
import { requireRole, requireWholeServer } from './permission.ts'
import type { Principal } from './sessions.ts'

const LOG_IN_INSTEAD =
  'This server is not connected to an account yet. Whoever administers the whole server must log in.'
const payInstead = (message: string) => `${message} Whoever administers the whole server can buy credit.`

/**
 * Whether they decide for the account: who follows a link of the log-in binds this server, and all its backups, to the
 * account of their choice.
 */
export function mayActForAccount(principal: Principal | undefined): boolean {
  return principal?.role === 'administer' && principal.database === undefined
}

/** Throws `not_permitted` unless they decide for the account. */
export function requireForAccount(principal: Principal): void {
  requireRole(principal, 'administer')
  requireWholeServer(principal)
}

/** The connection as `principal` may see it; throws `login_required` where the link was all there is. */
export function connectionFor(principal: Principal, connection: ConnectionState): ConnectionState {
  if (mayActForAccount(principal)) return connection
  if (connection.state === 'login_required') throw new AgentError('login_required', LOG_IN_INSTEAD)
  if (connection.state === 'connected') {
    const { place, ...rest } = connection
    // Where the backups of others lie is for who answers for the whole server.
    return place === undefined || principal.database === undefined ? connection : rest
  }
  const { rechargeLink: _, ...rest } = connection
  return { ...rest, message: payInstead(connection.message) }
}

/** A failure as `principal` may see it, or a stranger. */
export function failureFor(principal: Principal | undefined, failure: AgentError): AgentError {
  if (mayActForAccount(principal)) return failure
  const { code, cause, retryable } = failure
  if (code === 'login_required') return new AgentError(code, LOG_IN_INSTEAD, { cause, retryable })
  if (code === 'payment_required')
    return new AgentError(code, payInstead(failure.message), { cause, retryable })
  return failure
}
