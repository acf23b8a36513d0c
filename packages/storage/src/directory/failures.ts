import { StorageError } from '../errors.ts'

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])
const REFUSED = new Set(['EACCES', 'EPERM', 'EROFS'])
const NO_SUCH_NAME = new Set(['ENOTDIR', 'EISDIR', 'ENAMETOOLONG', 'EINVAL'])
const GONE = new Set(['ESTALE', 'ENOTCONN', 'ETIMEDOUT', 'EHOSTDOWN', 'ENODEV', 'EIO'])

/** Node's code of a failed call to the operating system, such as `ENOENT`. */
export function systemCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' && /^E[A-Z0-9]+$/.test(error.code) ? error.code : undefined
}

/** Turns a failure of the file system into this package's own; whatever else it is stays what it is. */
export function translateSystemError(error: unknown, what: string): unknown {
  const code = systemCode(error)
  if (code === undefined || error instanceof StorageError) return error
  const failed = (errorCode: StorageError['code'], advice: string, retryable = false) =>
    new StorageError(errorCode, `Could not ${what}: ${advice}`, { retryable, ofFolder: true, cause: error })
  if (code === 'ENOENT') return failed('object_missing', 'it is not there.')
  if (code === 'EEXIST') return failed('object_exists', 'there is a file of this name already.')
  if (FULL.has(code)) return failed('quota_full', 'the disk is full.')
  if (REFUSED.has(code))
    return failed('access_refused', 'the folder may not be read or written; check its owner and mode.')
  if (NO_SUCH_NAME.has(code)) return failed('key_invalid', 'the file system does not take this name.')
  if (GONE.has(code)) return failed('store_unreachable', `the file system does not answer (${code}).`, true)
  return failed('store_misbehaved', `the file system has a fault (${code}).`)
}
