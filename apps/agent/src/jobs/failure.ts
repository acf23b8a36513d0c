import { BackupFormatError, type BackupFormatErrorCode } from '@odoo-backup/backup-format'
import { OdooError, type OdooErrorCode } from '@odoo-backup/odoo'
import { StorageError, type StorageErrorCode } from '@odoo-backup/storage'
import { AgentError, type AgentErrorCode } from '../errors.ts'
import { systemErrorCode } from '../system-error.ts'

const OF_STORAGE: Readonly<Record<StorageErrorCode, AgentErrorCode>> = {
  object_missing: 'backup_unknown',
  object_exists: 'backup_exists',
  object_changed: 'backup_changed',
  object_too_large: 'storage_refused',
  bucket_missing: 'storage_refused',
  wrong_region: 'storage_refused',
  clock_wrong: 'storage_refused',
  deletion_incomplete: 'storage_misbehaved',
  key_invalid: 'invalid_request',
  access_refused: 'storage_refused',
  quota_full: 'storage_full',
  store_unreachable: 'storage_unreachable',
  store_busy: 'storage_busy',
  store_misbehaved: 'storage_misbehaved',
  upload_corrupt: 'upload_corrupt',
  upload_lost: 'storage_misbehaved',
}

const OF_ODOO: Readonly<Record<OdooErrorCode, AgentErrorCode>> = {
  cancelled: 'cancelled',
  configuration_invalid: 'configuration_invalid',
  configuration_missing: 'configuration_invalid',
  database_busy: 'database_busy',
  database_exists: 'database_exists',
  database_missing: 'database_unknown',
  database_refused: 'postgres_refused',
  database_name_invalid: 'invalid_request',
  disk_full: 'disk_full',
  dump_failed: 'dump_failed',
  dump_incomplete: 'backup_damaged',
  dump_refused: 'dump_refused',
  extension_refused: 'postgres_refused',
  file_corrupt: 'backup_damaged',
  filestore_exists: 'filestore_exists',
  filestore_incomplete: 'filestore_missing',
  filestore_missing: 'filestore_missing',
  load_failed: 'postgres_failed',
  lock_held: 'database_busy',
  lock_lost: 'postgres_unreachable',
  not_an_odoo_database: 'database_unknown',
  permission_denied: 'filestore_unreadable',
  postgres_refused: 'postgres_refused',
  postgres_unreachable: 'postgres_unreachable',
  role_lacks_right: 'postgres_refused',
  statement_ended: 'postgres_failed',
  tool_failed: 'postgres_failed',
  tool_missing: 'tool_missing',
}

const OF_FORMAT: Readonly<Record<BackupFormatErrorCode, AgentErrorCode>> = {
  zip_invalid: 'backup_damaged',
  zip_damaged: 'backup_damaged',
  zip_refused: 'dump_refused',
  file_size_changed: 'filestore_unreadable',
  wrong_password: 'encryption_password_wrong',
  encryption_failed: 'internal',
  decryption_failed: 'backup_damaged',
  gpg_missing: 'tool_missing',
}

/** Whatever went wrong below, in the agent's own words. The message of a package's error is safe to show. */
export function asAgentError(error: unknown): AgentError {
  if (error instanceof AgentError) return error
  if (error instanceof StorageError) return from(OF_STORAGE[error.code], error, !error.ofFolder)
  if (error instanceof OdooError) return from(OF_ODOO[error.code], error)
  if (error instanceof BackupFormatError) return from(OF_FORMAT[error.code], error)
  switch (systemErrorCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new AgentError('disk_full', 'The disk is full. Free some space, then try again.', {
        cause: error,
      })
    case 'ECONNREFUSED':
    case 'ECONNRESET':
    case '57P01':
    case '57P03':
    case '08006':
      return new AgentError('postgres_unreachable', 'PostgreSQL does not answer. Check that it runs.', {
        cause: error,
      })
    case 'ABORT_ERR':
      return cancelled(error)
    default:
      return new AgentError(
        'internal',
        'Something went wrong that this program does not know. Its log says more.',
        { cause: error },
      )
  }
}

export function cancelled(cause?: unknown): AgentError {
  return new AgentError('cancelled', 'The job was cancelled.', { cause })
}

function from(
  code: AgentErrorCode,
  error: { readonly message: string; readonly retryable: boolean },
  advised = true,
): AgentError {
  const advice = advised ? ADVICE[code] : undefined
  const message = advice === undefined ? error.message : `${error.message} ${advice}`
  return new AgentError(code, message, { retryable: error.retryable, cause: error })
}

/** What a package cannot know: where its user mends what it met. */
const ADVICE: Partial<Record<AgentErrorCode, string>> = {
  storage_refused:
    'Check the keys, their rights and the names of bucket and region; odoo-backup doctor tries each.',
  storage_unreachable: 'Check the network and the endpoint of the storage.',
  encryption_password_wrong: 'Give the password that was set when this backup was made.',
}

/** A failure as the queue keeps it. `at`: milliseconds since 1970; former agents did not note it. */
export interface KeptFailure {
  readonly code: string
  readonly message: string
  readonly at?: number
}

/** A failure as the one text that the queue keeps; `readFailure` reads it back. */
export function writeFailure({ code, message }: AgentError, at: Date): string {
  return `${code}@${at.getTime()}: ${message}`
}

export function readFailure(text: string): KeptFailure {
  const [, code, at, message] = /^([a-z][a-z0-9_]*)(?:@(\d{1,15}))?: ([\s\S]*)$/.exec(text) ?? []
  if (code === undefined || message === undefined) return { code: 'internal', message: text }
  return { code, message, ...(at === undefined ? {} : { at: Number(at) }) }
}
