import { AbortMultipartUploadCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3'
import { StorageError, type StorageErrorCode } from '../errors.ts'
import type { OpenUpload } from '../storage.ts'
import type { S3Connection } from './connection.ts'

/**
 * Removes every upload of exactly this key that never completed, but the one named `except`: what a store opened
 * while its answer was lost, or a process that died before it noted the id. Where the credentials may not list
 * uploads, or the store knows no such request, nothing is done: there the bucket's lifecycle must end them.
 */
export async function abortUnknownUploads(
  connection: S3Connection,
  key: string,
  except?: string,
): Promise<void> {
  if (!connection.mayListUploads) return
  try {
    for (const uploadId of await openUploadsOf(connection, key).catch(noneWhereUnknown)) {
      if (uploadId !== except) await abort(connection, { key, uploadId })
    }
  } catch (error) {
    if (!(error instanceof StorageError) || error.code !== 'access_refused') throw error
  }
}

function noneWhereUnknown(error: unknown): string[] {
  if (error instanceof StorageError && error.code === 'store_misbehaved') return []
  throw error
}

async function openUploadsOf(connection: S3Connection, key: string): Promise<string[]> {
  const found: string[] = []
  let after: { KeyMarker: string; UploadIdMarker: string } | undefined
  do {
    const page = await connection.attempts.run(
      `look for unfinished uploads of ${key}`,
      () =>
        connection.client.send(
          new ListMultipartUploadsCommand({ Bucket: connection.bucket, Prefix: key, ...after }),
        ),
      undefined,
    )
    for (const { Key, UploadId } of page.Uploads ?? []) {
      if (Key === key && UploadId !== undefined) found.push(UploadId)
    }
    const { IsTruncated, NextKeyMarker, NextUploadIdMarker } = page
    const isFurther = IsTruncated === true && NextKeyMarker === key && NextUploadIdMarker !== undefined
    after = isFurther ? { KeyMarker: NextKeyMarker, UploadIdMarker: NextUploadIdMarker } : undefined
  } while (after !== undefined)
  return found
}

const GONE: ReadonlySet<StorageErrorCode> = new Set(['upload_lost', 'object_missing'])

/** Removes an upload with all its parts; one that is gone already is no error. */
export async function abort(connection: S3Connection, upload: OpenUpload): Promise<void> {
  try {
    await connection.attempts.run(
      `remove the unfinished upload of ${upload.key}`,
      () =>
        connection.client.send(
          new AbortMultipartUploadCommand({
            Bucket: connection.bucket,
            Key: upload.key,
            UploadId: upload.uploadId,
          }),
        ),
      undefined,
    )
  } catch (error) {
    if (!(error instanceof StorageError) || !GONE.has(error.code)) throw error
  }
}
