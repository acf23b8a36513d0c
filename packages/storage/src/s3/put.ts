import type { Readable } from 'node:stream'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { StorageError } from '../errors.ts'
import type { PutOptions, SentObject } from '../storage.ts'
import { chunksOf, end } from '../streams/chunks.ts'
import type { S3Connection } from './connection.ts'
import { bareEtag } from './etag.ts'
import { findObject } from './list.ts'
import { sendInParts } from './multipart.ts'
import { partBytes } from './part-size.ts'
import { type Part, PartCutter } from './parts.ts'
import { payload } from './payload.ts'

/**
 * Streams a body to a key in one pass: in one request when it fits into one part, otherwise as a multipart
 * upload, in memory that does not grow.
 */
export async function put(
  connection: S3Connection,
  key: string,
  body: Readable | Uint8Array,
  options: PutOptions,
): Promise<SentObject> {
  const estimatedBytes = options.estimatedBytes ?? (body instanceof Uint8Array ? body.length : 0)
  const cutter = new PartCutter(chunksOf(body, options.signal), {
    bytesOfPart: number => partBytes(number, estimatedBytes, connection.limits),
    memoryBytes: connection.partMemoryBytes,
  })
  try {
    options.signal?.throwIfAborted()
    const first = await cutter.next()
    if (first?.last) return await putWhole(connection, key, first, cutter, options)
    return await sendInParts(connection, key, first, cutter, options)
  } catch (error) {
    options.signal?.throwIfAborted()
    throw error
  } finally {
    end(body)
  }
}

async function putWhole(
  connection: S3Connection,
  key: string,
  part: Part,
  cutter: PartCutter,
  options: PutOptions,
): Promise<SentObject> {
  const what = `store ${key}`
  const summary = { key, ...cutter.summary(true) }
  let sentBefore = false
  try {
    const answer = await connection.attempts.run(
      what,
      attempt => {
        sentBefore = attempt.number > 1
        return connection.client.send(
          new PutObjectCommand({
            Bucket: connection.bucket,
            Key: key,
            ...payload(connection, part, options.signal),
            ...(options.contentType === undefined ? {} : { ContentType: options.contentType }),
            ...(options.ifAbsent ? { IfNoneMatch: '*' } : {}),
          }),
          options.signal === undefined ? {} : { abortSignal: options.signal },
        )
      },
      options.signal,
    )
    options.onProgress?.(summary.sizeBytes)
    return {
      ...summary,
      ...(answer.ETag === undefined ? {} : { storeEtag: bareEtag(answer.ETag) }),
      checksumConfirmed: answer.ChecksumSHA256 === part.sha256.toString('base64'),
    }
  } catch (error) {
    if (!options.ifAbsent || !(error instanceof StorageError) || error.code !== 'object_changed') throw error
    // Of two tries, the first may have arrived although its answer was lost: then the key is taken by ourselves.
    if (sentBefore) {
      const found = await findObject(connection, key, options.signal)
      if (found?.etag === summary.expectedEtag) return { ...summary, storeEtag: found.etag }
    }
    throw new StorageError('object_exists', `Could not ${what}: there is an object of this name already.`, {
      cause: error,
    })
  }
}
