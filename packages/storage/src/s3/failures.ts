import { StorageError } from '../errors.ts'

interface Failure {
  readonly name: string
  readonly status: number | undefined
  readonly code: string | undefined
  readonly region: string | undefined
}

/** Names that S3 and its relatives give to bytes which arrived otherwise than they were sent. */
const DAMAGED_ON_THE_WAY = new Set([
  'BadDigest',
  'InvalidDigest',
  'XAmzContentSHA256Mismatch',
  'IncompleteBody',
])
const CLOCK = new Set(['RequestTimeTooSkewed', 'RequestExpired'])
/** What is wrong with what the request was signed with, by the name that S3 and its relatives give to it. */
const CREDENTIALS: ReadonlyMap<string, string> = new Map([
  ['ExpiredToken', 'the credentials have expired.'],
  ['InvalidToken', 'the store does not accept the credentials.'],
  ['TokenRefreshRequired', 'the store does not accept the credentials.'],
  ['InvalidAccessKeyId', 'the store does not know the access key.'],
  [
    'SignatureDoesNotMatch',
    'its signature does not fit: the secret key is not that of the access key, or a proxy on the way changes requests.',
  ],
])
const FULL = new Set(['QuotaExceeded', 'InsufficientStorage', 'InsufficientCapacity', 'XMinioStorageFull'])
const ELSEWHERE = new Set([
  'PermanentRedirect',
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
])
const UPLOAD_MISSING = 'NoSuchUpload'
/** What Node calls a connection that never came about, in words. */
const NO_CONNECTION: ReadonlyMap<string, string> = new Map([
  ['ENOTFOUND', "no such host is known: the endpoint's name is wrong, or the name service away"],
  ['EAI_AGAIN', 'the name service does not answer'],
  ['ECONNREFUSED', "nothing listens at the endpoint's port"],
  ['EPROTO', 'the endpoint does not speak TLS there: it may be one with http:'],
  ['ERR_INVALID_URL', 'bucket and endpoint together make no address'],
])
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS/

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

/** Reads what the AWS SDK and Node put into an error. */
function describe(error: unknown): Failure {
  const status = property(property(error, '$metadata'), 'httpStatusCode')
  return {
    name: text(property(error, 'Code')) ?? text(property(error, 'name')) ?? 'Error',
    status: typeof status === 'number' ? status : undefined,
    code: text(property(error, 'code')),
    region: text(property(error, 'Region')),
  }
}

/** True for an answer that says that an upload is not (or no longer) known. */
export function isUploadMissing(error: unknown): boolean {
  return describe(error).name === UPLOAD_MISSING
}

/**
 * Turns an error of the SDK or of the network into this package's own. `what` completes "Could not …".
 * The error's text is never repeated, since stores put keys and host names into it; it stays in `cause`.
 */
export function translate(error: unknown, what: string): StorageError {
  if (error instanceof StorageError) return error
  const { name, status, code, region } = describe(error)
  const failed = (errorCode: StorageError['code'], advice: string, retryable = false): StorageError =>
    new StorageError(errorCode, `Could not ${what}: ${advice}`, { retryable, cause: error })

  if (FULL.has(name) || status === 507) return failed('quota_full', 'the storage is full.')
  if (CLOCK.has(name))
    return failed('clock_wrong', "this machine's clock differs from the store's; set the clock.")
  const fault = CREDENTIALS.get(name)
  if (fault !== undefined) return failed('access_refused', fault)
  if (ELSEWHERE.has(name) || status === 301 || status === 307) {
    const where = region === undefined ? 'another region' : `the region ${region}`
    return failed('wrong_region', `the bucket is in ${where}; correct the region in the settings.`)
  }
  if (DAMAGED_ON_THE_WAY.has(name))
    return failed('upload_corrupt', 'the bytes were damaged on their way.', true)
  if (name === UPLOAD_MISSING)
    return failed(
      'upload_lost',
      'its unfinished upload was removed meanwhile, by hand or by a rule of the bucket that ends such uploads; it has to begin anew.',
      true,
    )
  if (name === 'NoSuchBucket') return failed('bucket_missing', 'there is no such bucket.')
  if (name === 'RequestTimeout')
    return failed('store_unreachable', 'the connection was too slow or stalled.', true)
  if (name === 'EntityTooLarge')
    return failed('object_too_large', 'the store does not take so large an object.')
  switch (status) {
    case undefined:
      break
    case 401:
    case 403:
      return failed('access_refused', 'the store refuses access.')
    case 404:
      return failed('object_missing', 'it is not in the store.')
    case 409:
      return failed('store_busy', 'the store is busy with the same object.', true)
    case 412:
      return failed('object_changed', 'the object has changed meanwhile.')
    case 429:
      return failed('store_busy', 'the store asks to slow down.', true)
    case 501:
      return failed('store_misbehaved', `the store does not know such a request (${name}).`)
    default:
      if (status >= 500) return failed('store_busy', `the store has a fault (HTTP ${status}).`, true)
      if (status >= 400) return failed('store_misbehaved', `the store does not take the request (${name}).`)
      return failed('store_misbehaved', 'the answer of the store makes no sense.', true)
  }
  if (code !== undefined && CERTIFICATE.test(code)) {
    return failed('store_unreachable', `its TLS certificate is not trusted (${code}).`)
  }
  const reason = NO_CONNECTION.get(code ?? name) ?? 'the connection to the store failed'
  return failed('store_unreachable', `${reason} (${code ?? name}).`, true)
}
