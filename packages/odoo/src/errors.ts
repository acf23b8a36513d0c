/** Why something about an Odoo instance failed; stable, for programs. */
export type OdooErrorCode =
  | 'cancelled'
  | 'configuration_invalid'
  | 'configuration_missing'
  | 'database_busy'
  | 'database_exists'
  | 'database_missing'
  | 'database_refused'
  | 'database_name_invalid'
  | 'disk_full'
  | 'dump_failed'
  | 'dump_incomplete'
  | 'dump_refused'
  | 'extension_refused'
  | 'file_corrupt'
  | 'filestore_exists'
  | 'filestore_incomplete'
  | 'filestore_missing'
  | 'load_failed'
  | 'lock_held'
  | 'lock_lost'
  | 'not_an_odoo_database'
  | 'permission_denied'
  | 'postgres_refused'
  | 'postgres_unreachable'
  | 'role_lacks_right'
  /** Not by who asked for the work: by an administrator of PostgreSQL, or its time limit. */
  | 'statement_ended'
  | 'tool_failed'
  | 'tool_missing'

/** Base of every error of this package. `message` is safe to show and says what to do; `cause` is for the log. */
export class OdooError extends Error {
  override readonly name = 'OdooError'
  readonly code: OdooErrorCode
  /** Whether the same call may succeed later without anybody doing anything. */
  readonly retryable: boolean
  /** Of `dump_refused`: it is code, which passes on the administrator's word. */
  readonly needsWord: boolean

  constructor(
    code: OdooErrorCode,
    message: string,
    options: { retryable?: boolean; needsWord?: boolean; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause })
    this.code = code
    this.retryable = options.retryable ?? false
    this.needsWord = options.needsWord ?? false
  }
}
