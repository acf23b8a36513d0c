import { StorageError } from '../errors.ts'
import type { S3Connection } from './connection.ts'
import { findObject } from './list.ts'

/**
 * Tells "missing" from "refused": S3 answers 403 for a missing key to whom may not list, and some stores do so
 * always. Where listing works and does not show the key, it is missing.
 */
export async function explainRefusal<T>(
  connection: S3Connection,
  key: string,
  signal: AbortSignal | undefined,
  request: () => Promise<T>,
): Promise<T> {
  try {
    return await request()
  } catch (error) {
    if (!(error instanceof StorageError) || error.code !== 'access_refused') throw error
    const missing = await findObject(connection, key, signal).then(
      found => found === undefined,
      () => false,
    )
    if (!missing) throw error
    throw new StorageError('object_missing', `${key} is not in the store.`, { cause: error })
  }
}
