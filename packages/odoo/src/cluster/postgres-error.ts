import { types } from 'node:util'
import { OdooError, type OdooErrorCode } from '../errors.ts'

interface Rule {
  readonly code: OdooErrorCode
  readonly retryable?: boolean
  readonly advice: string
}

/** What SQLSTATE 57014 says, whose two reasons have no code to tell them apart, and words in the server's language. */
export const STATEMENT_ENDED =
  'PostgreSQL ended a statement of the agent: an administrator did (pg_cancel_backend), or a time limit of the role or database (statement_timeout).'

/** By SQLSTATE (PostgreSQL, appendix A), by its class, or by the name of a socket error. */
const RULES: Readonly<Record<string, Rule>> = {
  '28': {
    code: 'postgres_refused',
    advice: 'PostgreSQL refused the log-in. Check db_user, db_password and pg_hba.conf.',
  },
  '3D000': { code: 'database_missing', advice: 'The database does not exist. Check its name.' },
  '42501': { code: 'role_lacks_right', advice: "Odoo's PostgreSQL role lacks a right." },
  '42P04': {
    code: 'database_exists',
    advice: 'A database of this name exists already. Choose another name.',
  },
  '25006': {
    code: 'database_refused',
    advice: 'The server takes no changes, as a standby does not. Check db_host and db_port.',
  },
  '25P': {
    code: 'postgres_unreachable',
    retryable: true,
    advice: 'PostgreSQL ended a session that was idle within a transaction.',
  },
  '40': { code: 'database_busy', retryable: true, advice: 'Other sessions were in the way. Try again.' },
  '53': {
    code: 'postgres_unreachable',
    retryable: true,
    advice: 'PostgreSQL lacks memory or another resource.',
  },
  '53100': { code: 'disk_full', advice: 'The disk of the PostgreSQL server is full. Free space there.' },
  '53300': {
    code: 'postgres_unreachable',
    retryable: true,
    advice:
      'PostgreSQL has no free connection. Raise max_connections, or lower db_maxconn or workers of Odoo.',
  },
  '55000': { code: 'database_refused', advice: 'The database does not accept connections.' },
  '55006': { code: 'database_busy', retryable: true, advice: 'Other sessions use the database. Try again.' },
  '55P03': {
    code: 'database_busy',
    retryable: true,
    advice: 'Another session has locked a table. Try again.',
  },
  '57014': { code: 'statement_ended', retryable: true, advice: STATEMENT_ENDED },
  '57P': {
    code: 'postgres_unreachable',
    retryable: true,
    advice: 'PostgreSQL is starting or shutting down.',
  },
  '58': {
    code: 'tool_failed',
    retryable: true,
    advice: 'PostgreSQL met an error of its system, such as of the disk. Its log says more.',
  },
  XX: {
    code: 'tool_failed',
    retryable: true,
    advice: 'PostgreSQL met a fault of its own. Its log says more.',
  },
  '08': { code: 'postgres_unreachable', retryable: true, advice: 'The connection to PostgreSQL broke.' },
}

const SOCKET_ERRORS =
  /^(?:ECONNREFUSED|ECONNRESET|ENOENT|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE|EACCES)$/
/** What the driver says without any code. */
const BROKEN = /Connection terminated|connection timeout|timeout expired|not queryable|Client was closed/i

/** Turns what the PostgreSQL driver throws into an error that says what to do. Others come back as they are. */
export function fromPostgres(error: unknown, what: string): unknown {
  if (error instanceof OdooError || !types.isNativeError(error)) return error
  const state = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (SOCKET_ERRORS.test(state) || BROKEN.test(error.message))
    return new OdooError(
      'postgres_unreachable',
      `${what}: PostgreSQL cannot be reached (${error.message || state}). Check that it runs, and db_host and db_port.`,
      { retryable: true, cause: error },
    )
  if (/does not support SSL/.test(error.message) || /CERT|TLS|SSL/.test(state))
    return new OdooError(
      'postgres_refused',
      `${what}: no encrypted connection that can be trusted (${error.message}). Check db_sslmode, PGSSLROOTCERT and the server's certificate.`,
      { cause: error },
    )
  const rule = RULES[state] ?? RULES[state.slice(0, 3)] ?? RULES[state.slice(0, 2)]
  if (rule)
    return new OdooError(rule.code, `${what}: ${rule.advice} PostgreSQL says: ${error.message}`, {
      retryable: rule.retryable ?? false,
      cause: error,
    })
  return error
}
