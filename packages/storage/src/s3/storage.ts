import { DeleteObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3'
import { DeletionIncompleteError, StorageError } from '../errors.ts'
import type { Storage, StoredObject } from '../storage.ts'
import { abort, abortUnknownUploads } from './abort-uploads.ts'
import { connect, type S3Connection, type S3StorageOptions } from './connection.ts'
import { bareEtag } from './etag.ts'
import { get } from './get.ts'
import { list } from './list.ts'
import { put } from './put.ts'
import { explainRefusal } from './refusal.ts'

/** Objects that are deleted at the same time. */
const DELETIONS_AT_ONCE = 8

/** A bucket of any store that speaks S3 (Amazon, Ceph, MinIO, …). `close()` ends its idle connections. */
export function createS3Storage(options: S3StorageOptions): Storage & { close(): void } {
  const connection = connect(options)
  return {
    put: (key, body, putOptions = {}) => put(connection, key, body, putOptions),
    get: (key, getOptions = {}) => get(connection, key, getOptions),
    head: key => head(connection, key),
    list: (prefix, options) => list(connection, prefix, options),
    delete: (keys, { signal } = {}) => deleteEach(connection, keys, signal),
    abortUpload: upload => abort(connection, upload),
    abortUploads: key => abortUnknownUploads(connection, key),
    close: () => connection.client.destroy(),
  }
}

async function head(connection: S3Connection, key: string): Promise<StoredObject> {
  const what = `look at ${key}`
  const answer = await explainRefusal(connection, key, undefined, () =>
    connection.attempts.run(
      what,
      () => connection.client.send(new HeadObjectCommand({ Bucket: connection.bucket, Key: key })),
      undefined,
    ),
  )
  const { ContentLength, ETag, LastModified } = answer
  if (ContentLength === undefined || ETag === undefined || LastModified === undefined) {
    throw new StorageError('store_misbehaved', `Could not ${what}: the store left out its size or ETag.`)
  }
  return { key, sizeBytes: ContentLength, etag: bareEtag(ETag), modifiedAt: LastModified }
}

/** One request for each: Ceph refuses DeleteObjects under a session policy that allows the single deletions. */
async function deleteEach(
  connection: S3Connection,
  keys: readonly string[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const waiting = [...keys]
  const remaining: string[] = []
  let cause: unknown
  const work = async (): Promise<void> => {
    for (let key = waiting.shift(); key !== undefined; key = waiting.shift()) {
      try {
        await deleteOne(connection, key, signal)
      } catch (error) {
        remaining.push(key)
        cause = error
      }
    }
  }
  await Promise.all(Array.from({ length: DELETIONS_AT_ONCE }, work))
  signal?.throwIfAborted()
  if (remaining.length > 0) throw new DeletionIncompleteError(remaining, cause)
}

async function deleteOne(
  connection: S3Connection,
  key: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await connection.attempts.run(
      `delete ${key}`,
      () =>
        connection.client.send(
          new DeleteObjectCommand({ Bucket: connection.bucket, Key: key }),
          signal === undefined ? {} : { abortSignal: signal },
        ),
      signal,
    )
  } catch (error) {
    if (!(error instanceof StorageError) || error.code !== 'object_missing') throw error
  }
}
