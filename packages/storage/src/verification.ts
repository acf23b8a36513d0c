import { StorageError } from './errors.ts'
import type { SentObject, Storage, StoredObject } from './storage.ts'

/**
 * Proves by listing that the store keeps exactly what was sent: its size, and the ETag that S3's rule gives for
 * these bytes and parts. Where the store's ETag is no MD5 (it encrypts with SSE-KMS or SSE-C), the SHA-256 that
 * it returned for the upload counts, provided that the object is still the one that was sent. Listing is all
 * that a credential for backups may do: it can neither HEAD nor GET.
 */
export async function verifyByListing(
  storage: Pick<Storage, 'list'>,
  sent: SentObject,
  options: { signal?: AbortSignal } = {},
): Promise<StoredObject> {
  const corrupt = (why: string, retryable = true) =>
    new StorageError('upload_corrupt', `${sent.key} is not in the store as it was sent: ${why}`, {
      retryable,
    })
  const stored = await find(storage, sent.key, options)
  if (stored === undefined) throw corrupt('it is missing.')
  if (stored.sizeBytes !== sent.sizeBytes) {
    throw corrupt(`${sent.sizeBytes} bytes were sent, ${stored.sizeBytes} are there.`)
  }
  if (stored.etag === sent.expectedEtag) return stored
  if (sent.checksumConfirmed && stored.etag === sent.storeEtag) return stored
  if (stored.etag === sent.storeEtag) {
    // What the store said of the upload it still says, only not in S3's way: sending all again proves no more.
    throw corrupt(
      'nothing proves its bytes, since the ETag of this store is no MD5. Switch its checksums on in the settings.',
      false,
    )
  }
  throw corrupt('its ETag does not fit.')
}

async function find(
  storage: Pick<Storage, 'list'>,
  key: string,
  options: { signal?: AbortSignal },
): Promise<StoredObject | undefined> {
  for await (const object of storage.list(key, options)) {
    if (object.key === key) return object
  }
  return undefined
}
