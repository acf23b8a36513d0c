import type { AgentErrorCode } from '@odoo-backup/protocol'

/** The exit statuses of `odoo-backup`, after sysexits.h. */
export type CliExit = 64 | 65 | 66 | 69 | 70 | 73 | 74 | 75 | 77 | 78

export interface ErrorKind {
  readonly status: number
  readonly exitCode: CliExit
  readonly retryable: boolean
}

const kind = (status: number, exitCode: CliExit, retryable = false): ErrorKind => ({
  status,
  exitCode,
  retryable,
})

/** The catalogue of what can go wrong: HTTP status, exit status, whether time alone may mend it. */
export const KINDS = {
  // The account and the broker
  login_required: kind(401, 77),
  access_denied: kind(403, 77),
  code_refused: kind(403, 77),
  access_revoked: kind(403, 77),
  account_suspended: kind(403, 77),
  payment_required: kind(402, 77),
  purpose_refused: kind(403, 77),
  broker_unreachable: kind(503, 69, true),
  broker_busy: kind(503, 75, true),
  broker_misbehaved: kind(502, 69, true),
  // Where backups are kept
  storage_refused: kind(502, 77),
  storage_full: kind(507, 73),
  storage_unreachable: kind(503, 69, true),
  storage_busy: kind(503, 75, true),
  storage_misbehaved: kind(502, 69, true),
  upload_corrupt: kind(502, 74, true),
  backup_unknown: kind(404, 66),
  backup_changed: kind(409, 75, true),
  backup_damaged: kind(422, 65),
  backup_exists: kind(409, 73, true),
  backup_pinned: kind(409, 73),
  // Odoo, its databases and files
  postgres_unreachable: kind(503, 69, true),
  postgres_refused: kind(502, 77),
  postgres_failed: kind(502, 74),
  database_unknown: kind(404, 66),
  database_exists: kind(409, 73),
  database_busy: kind(409, 75, true),
  filestore_exists: kind(409, 73),
  filestore_missing: kind(422, 66),
  filestore_unreadable: kind(422, 77),
  dump_refused: kind(422, 65),
  dump_failed: kind(502, 74),
  tool_missing: kind(503, 69),
  disk_full: kind(507, 73),
  file_unreadable: kind(422, 66),
  file_unwritable: kind(422, 73),
  wrong_master_password: kind(403, 77),
  master_password_required: kind(403, 77),
  database_manager_disabled: kind(403, 77),
  // Who asks
  not_signed_in: kind(401, 77),
  not_permitted: kind(403, 77),
  cross_site: kind(403, 77),
  too_many_attempts: kind(429, 75, true),
  wrong_login: kind(403, 77),
  two_factor_unsupported: kind(403, 77),
  odoo_unreachable: kind(503, 69, true),
  // Encryption
  encryption_password_required: kind(422, 78),
  encryption_password_wrong: kind(422, 65),
  encryption_unconfirmed: kind(422, 78),
  notice_undeliverable: kind(502, 69, true),
  // The agent itself
  configuration_invalid: kind(500, 78),
  configuration_missing: kind(503, 78, true),
  configuration_unwritable: kind(500, 73),
  settings_changed: kind(412, 75),
  queue_database_missing: kind(503, 78),
  queue_unreachable: kind(503, 69, true),
  job_unknown: kind(404, 66),
  job_finished: kind(409, 65),
  cancelled: kind(409, 75),
  invalid_request: kind(400, 64),
  internal: kind(500, 70),
} as const satisfies Record<AgentErrorCode, ErrorKind>
