/** Why a storage operation failed; stable, for programs. */
export type StorageErrorCode =
  | 'object_missing'
  | 'object_exists'
  | 'object_changed'
  | 'object_too_large'
  | 'bucket_missing'
  | 'wrong_region'
  | 'access_refused'
  | 'clock_wrong'
  | 'quota_full'
  | 'store_unreachable'
  | 'store_busy'
  | 'store_misbehaved'
  | 'upload_corrupt'
  /** Somebody, or a rule of the bucket, removed it before it was complete; another upload may fare better. */
  | 'upload_lost'
  | 'deletion_incomplete'
  | 'key_invalid'

/** Base of every error of this package. `message` is safe to show and says what to do; `cause` is for the log. */
export class StorageError extends Error {
  override readonly name = 'StorageError'
  readonly code: StorageErrorCode
  /** Whether the same call may succeed later without anybody doing anything. */
  readonly retryable: boolean
  /** Of a folder, which has no keys, bucket or endpoint that could be wrong: advice on these would mislead. */
  readonly ofFolder: boolean

  constructor(
    code: StorageErrorCode,
    message: string,
    options: { retryable?: boolean; ofFolder?: boolean; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause })
    this.code = code
    this.retryable = options.retryable ?? false
    this.ofFolder = options.ofFolder ?? false
  }
}

/** Some keys could not be deleted; they are still there. */
export class DeletionIncompleteError extends StorageError {
  readonly remainingKeys: readonly string[]

  constructor(remainingKeys: readonly string[], cause: unknown) {
    super(
      'deletion_incomplete',
      `${remainingKeys.length} objects could not be deleted and are still there: ${remainingKeys.slice(0, 5).join(', ')}.`,
      { retryable: cause instanceof StorageError && cause.retryable, cause },
    )
    this.remainingKeys = remainingKeys
  }
}
