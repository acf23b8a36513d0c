import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import { StorageError } from '../errors.ts'
import type { StoredObject } from '../storage.ts'
import type { S3Connection } from './connection.ts'
import { bareEtag } from './etag.ts'

/**
 * Every object below a prefix. A listing on which deletions are decided must be whole: an answer that is cut,
 * repeats itself or shows other keys is an error and never an end.
 */
export async function* list(
  connection: S3Connection,
  prefix: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<StoredObject> {
  const what = `list ${prefix === '' ? 'the bucket' : prefix}`
  const senseless = (why: string) => new StorageError('store_misbehaved', `Could not ${what}: ${why}`)
  let token: string | undefined
  do {
    const page = await connection.attempts.run(
      what,
      () => listPage(connection, prefix, token, signal),
      signal,
    )
    for (const object of page.Contents ?? []) {
      const key = decodeKey(object.Key ?? '')
      if (!key.startsWith(prefix)) throw senseless('the store showed objects of another folder.')
      if (object.Size === undefined || object.ETag === undefined || object.LastModified === undefined) {
        throw senseless('the store left out sizes or ETags.')
      }
      yield { key, sizeBytes: object.Size, etag: bareEtag(object.ETag), modifiedAt: object.LastModified }
    }
    const next = page.IsTruncated ? page.NextContinuationToken : undefined
    if (page.IsTruncated && (next === undefined || next === token)) {
      throw senseless('the store broke off in the middle.')
    }
    token = next
  } while (token !== undefined)
}

/** The object of exactly this key, by listing: the one way for a credential that may not read. */
export async function findObject(
  connection: S3Connection,
  key: string,
  signal: AbortSignal | undefined,
): Promise<StoredObject | undefined> {
  for await (const object of list(connection, key, signal)) {
    if (object.key === key) return object
    if (object.key > key) break
  }
  return undefined
}

function listPage(
  connection: S3Connection,
  prefix: string,
  token: string | undefined,
  signal: AbortSignal | undefined,
) {
  return connection.client.send(
    new ListObjectsV2Command({
      Bucket: connection.bucket,
      Prefix: prefix,
      // XML cannot carry every character that a key may hold.
      EncodingType: 'url',
      ...(token === undefined ? {} : { ContinuationToken: token }),
    }),
    signal === undefined ? {} : { abortSignal: signal },
  )
}

function decodeKey(encoded: string): string {
  const spaced = encoded.replaceAll('+', ' ')
  try {
    return decodeURIComponent(spaced)
  } catch {
    // Not UTF-8: shown with replacement characters, so that it is seen, and matched by nothing.
    const bytes = spaced.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    )
    return Buffer.from(bytes, 'latin1').toString('utf8')
  }
}
