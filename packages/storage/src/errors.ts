/** Why a storage operation failed; stable, for programs. */
export type StorageErrorCode =
  | 'object_missing'
  | 'object_exists'
  | 'object_changed'
  | 'access_refused'
  | 'quota_full'
  | 'store_unreachable'
  | 'store_busy'
  | 'store_misbehaved'
  | 'upload_corrupt'

/** Base of every error of this package. `message` is safe to show and says what to do; `cause` is for the log. */
export class StorageError extends Error {
  override readonly name = 'StorageError'
  readonly code: StorageErrorCode
  /** Whether the same call may succeed later without anybody doing anything. */
  readonly retryable: boolean

  constructor(
    code: StorageErrorCode,
    message: string,
    options: { retryable?: boolean; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause })
    this.code = code
    this.retryable = options.retryable ?? false
  }
}
