import type { Storage } from '@odoo-backup/storage'
import type { RandomAccess } from './random-access.ts'

/** A stored object as it is now: once it is replaced, reading fails with the storage's `object_changed`. */
export async function objectSource(
  storage: Pick<Storage, 'head' | 'get'>,
  key: string,
): Promise<RandomAccess> {
  const { sizeBytes, etag } = await storage.head(key)
  return {
    sizeBytes,
    read: (start, end, signal) =>
      storage.get(key, { range: { start, end }, ifMatch: etag, ...(signal === undefined ? {} : { signal }) }),
  }
}
