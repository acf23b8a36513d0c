import { OdooError } from '../errors.ts'
import { expandPath } from './expand-path.ts'

/** How TLS is used towards PostgreSQL; the names are libpq's. */
export const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const
export type SslMode = (typeof SSL_MODES)[number]

/**
 * What this package needs of an `odoo.conf`. An absent field means that the option is unset (`False`, `None`,
 * empty or not there): then PostgreSQL's environment variables and libpq's defaults apply, as they do for Odoo.
 */
export interface OdooSettings {
  readonly dbHost?: string
  readonly dbPort?: number
  readonly dbUser?: string
  readonly dbPassword?: string
  readonly dbSslMode?: SslMode
  /** `db_name`: the databases that Odoo serves, when it is restricted to some. */
  readonly dbNames?: readonly string[]
  readonly dbTemplate?: string
  readonly dbFilter?: string
  /** Absolute; absent means Odoo's default (`defaultDataDir`). */
  readonly dataDir?: string
  /** `admin_passwd`, plain or hashed; absent only if the option is set to nothing, which refuses everyone. */
  readonly masterPassword?: string
  readonly listDb: boolean
  readonly pgPath?: string
  readonly unaccent: boolean
  readonly httpPort: number
  readonly proxyMode: boolean
  readonly workers: number
  readonly addonsPaths: readonly string[]
}

/**
 * Types the options of an `odoo.conf`, or of one with some values replaced. `False`, `None` and nothing mean
 * unset, since Odoo's `--save` writes them so; defaults and renames (`xmlrpc_port`) are Odoo's.
 * @throws OdooError `configuration_invalid`, naming the option
 */
export function odooSettings(
  options: ReadonlyMap<string, string>,
  environment: NodeJS.ProcessEnv = process.env,
): OdooSettings {
  const text = (name: string) => {
    const value = options.get(name)
    return value === undefined || /^(?:False|false|None|)$/.test(value) ? undefined : value
  }
  const integer = (name: string) => {
    const value = text(name)
    if (value === undefined) return undefined
    if (!/^\s*[+-]?\d+\s*$/.test(value)) throw invalid(name, 'a whole number')
    return Number(value)
  }
  const list = (name: string) =>
    text(name)
      ?.split(',')
      .map(part => part.trim())
      .filter(part => part !== '')
  const path = (name: string) => {
    const value = text(name)
    return value === undefined ? undefined : expandPath(value, environment)
  }
  const port = integer('db_port')
  if (port !== undefined && (port < 1 || port > 65_535)) throw invalid('db_port', 'a port from 1 to 65535')
  const sslMode = text('db_sslmode')
  const knownSslMode = SSL_MODES.find(mode => mode === sslMode)
  if (sslMode !== undefined && !knownSslMode) throw invalid('db_sslmode', `one of ${SSL_MODES.join(', ')}`)
  const names = list('db_name')
  const masterPassword = options.has('admin_passwd') ? text('admin_passwd') : 'admin'
  return present<OdooSettings>({
    dbHost: text('db_host'),
    dbPort: port,
    dbUser: text('db_user'),
    dbPassword: text('db_password'),
    dbSslMode: knownSslMode,
    dbNames: names?.length ? names : undefined,
    dbTemplate: text('db_template'),
    dbFilter: text('dbfilter'),
    dataDir: path('data_dir'),
    masterPassword,
    listDb: !/^(?:False|false)$/.test(options.get('list_db') ?? ''),
    pgPath: path('pg_path'),
    unaccent: text('unaccent') !== undefined,
    httpPort: integer('http_port') ?? integer('xmlrpc_port') ?? 8069,
    proxyMode: text('proxy_mode') !== undefined,
    workers: integer('workers') ?? 0,
    addonsPaths: (list('addons_path') ?? []).map(each => expandPath(each, environment)),
  })
}

type Unset<T> = { [Key in keyof T]: T[Key] | undefined }

/** The same without the fields that are undefined: an unset option is an absent one. */
function present<T extends object>(fields: Unset<T>): T
function present(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

function invalid(name: string, wanted: string): OdooError {
  return new OdooError('configuration_invalid', `The option ${name} of odoo.conf must be ${wanted}.`)
}
