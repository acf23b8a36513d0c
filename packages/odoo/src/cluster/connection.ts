import { existsSync, readFileSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'
import { types } from 'node:util'
import type { ClientConfig } from 'pg'
import type { OdooSettings, SslMode } from '../settings/settings.ts'

/** Where libpq looks for a socket when no host is given: Debian's folder, then PostgreSQL's own default. */
const SOCKET_FOLDERS = ['/var/run/postgresql', '/run/postgresql', '/tmp']

type Server = Pick<OdooSettings, 'dbHost' | 'dbPort' | 'dbUser' | 'dbPassword' | 'dbSslMode'>

/** One way to connect; the next is tried where the first is refused for its use or lack of TLS. */
export type Attempt = Pick<ClientConfig, 'ssl'>

/**
 * The driver's settings for what Odoo and libpq would do: the options of `odoo.conf`, else the PG* variables,
 * else the socket on this machine and the name of the system user.
 */
export function connectionTarget(
  server: Server,
  environment: NodeJS.ProcessEnv,
  systemUser: string = userInfo().username,
): ClientConfig & { host: string; port: number } {
  const port = server.dbPort ?? Number(environment.PGPORT || 5432)
  const password = server.dbPassword ?? environment.PGPASSWORD
  return {
    host: server.dbHost ?? (environment.PGHOST || socketFolder(port)),
    port,
    user: server.dbUser ?? (environment.PGUSER || systemUser),
    ...(password === undefined ? {} : { password }),
  }
}

/** libpq's meaning of sslmode, as attempts in order. A socket on this machine has no TLS. */
export function tlsAttempts(host: string, mode: SslMode, environment: NodeJS.ProcessEnv): readonly Attempt[] {
  const plain: Attempt = { ssl: false }
  if (host.startsWith('/')) return [plain]
  const unverified: Attempt = { ssl: { rejectUnauthorized: false } }
  switch (mode) {
    case 'disable':
      return [plain]
    case 'allow':
      return [plain, unverified]
    case 'prefer':
      return [unverified, plain]
    case 'require':
      return [unverified]
    case 'verify-ca':
      return [{ ssl: { ...rootCertificate(environment), checkServerIdentity: () => undefined } }]
    case 'verify-full':
      return [{ ssl: rootCertificate(environment) }]
  }
}

/** Whether an error only says that the server wants TLS, or has none. */
export function isAboutTls(error: unknown): boolean {
  return types.isNativeError(error) && /does not support SSL|no encryption|SSL (?:on|off)/.test(error.message)
}

function rootCertificate(environment: NodeJS.ProcessEnv): { ca?: string } {
  const path = environment.PGSSLROOTCERT ?? join(environment.HOME ?? homedir(), '.postgresql/root.crt')
  return path !== 'system' && existsSync(path) ? { ca: readFileSync(path, 'utf8') } : {}
}

function socketFolder(port: number): string {
  return SOCKET_FOLDERS.find(folder => existsSync(join(folder, `.s.PGSQL.${port}`))) ?? 'localhost'
}
