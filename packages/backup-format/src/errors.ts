/** Why a backup could not be written or read; stable, for programs. */
export type BackupFormatErrorCode =
  | 'zip_invalid'
  | 'zip_damaged'
  | 'zip_refused'
  | 'file_size_changed'
  | 'wrong_password'
  | 'encryption_failed'
  | 'decryption_failed'
  | 'gpg_missing'

/** Base of every error of this package. `message` is safe to show and says what is wrong; `cause` is for the log. */
export class BackupFormatError extends Error {
  override readonly name = 'BackupFormatError'
  readonly code: BackupFormatErrorCode
  readonly retryable = false

  constructor(code: BackupFormatErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options)
    this.code = code
  }
}
