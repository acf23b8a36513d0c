import type { OdooSettings } from '../settings/settings.ts'

/**
 * What would change the bytes of a dump or where it comes from: the database is named by us alone, and the
 * dump keeps the database's own encoding.
 */
const NOT_INHERITED = ['PGDATABASE', 'PGCLIENTENCODING', 'PGSERVICE', 'PGOPTIONS', 'PSQLRC'] as const

/**
 * The environment of PostgreSQL's programs, as Odoo sets it: inherited variables, replaced only by options
 * that are set. Unlike Odoo, `db_sslmode` counts here too. The database goes by PGDATABASE: as an argument,
 * a name such as `a=b` or `postgres://x` would be read as a connection string.
 */
export function toolEnvironment(
  settings: OdooSettings,
  inherited: NodeJS.ProcessEnv,
  own: { database: string; applicationName: string; account?: { name: string; home: string } },
): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = { PGCONNECT_TIMEOUT: '10', ...inherited }
  for (const name of NOT_INHERITED) delete environment[name]
  if (own.account) {
    environment.HOME = own.account.home
    environment.USER = own.account.name
    environment.LOGNAME = own.account.name
  }
  if (settings.dbHost !== undefined) environment.PGHOST = settings.dbHost
  if (settings.dbPort !== undefined) environment.PGPORT = String(settings.dbPort)
  if (settings.dbUser !== undefined) environment.PGUSER = settings.dbUser
  if (settings.dbPassword !== undefined) environment.PGPASSWORD = settings.dbPassword
  if (settings.dbSslMode !== undefined) environment.PGSSLMODE = settings.dbSslMode
  environment.PGDATABASE = own.database
  environment.PGAPPNAME = own.applicationName
  // Messages in one language: some are told apart by their words.
  environment.LC_ALL = 'C.UTF-8'
  return environment
}
