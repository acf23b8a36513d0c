import { createHash } from 'node:crypto'
import {
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { StorageError } from '../errors.ts'
import type { OpenUpload, PutOptions, SentObject } from '../storage.ts'
import { abort, abortUnknownUploads } from './abort-uploads.ts'
import type { S3Connection } from './connection.ts'
import { bareEtag } from './etag.ts'
import { isUploadMissing } from './failures.ts'
import { findObject } from './list.ts'
import type { Part, PartCutter } from './parts.ts'
import { payload } from './payload.ts'

/** However much memory there is, more parts on their way at once do not arrive sooner. */
const MOST_PARTS_AT_ONCE = 4

/** Sends a body part by part, a few at once. Whatever fails, the upload is aborted before the error leaves. */
export async function sendInParts(
  connection: S3Connection,
  key: string,
  first: Part | undefined,
  cutter: PartCutter,
  options: PutOptions,
): Promise<SentObject> {
  const upload = await open(connection, key, options)
  try {
    await options.onUploadOpened?.(upload)
    const parts = await sendAll(connection, upload, first, cutter, options)
    const sent = { key, ...cutter.summary(false) }
    return { ...sent, ...(await complete(connection, upload, parts, sent, options.signal)) }
  } catch (error) {
    await abort(connection, upload).catch(() => {
      connection.warn(
        `The unfinished upload ${upload.uploadId} of ${key} could not be removed; it is invisible in listings, but takes space.`,
      )
    })
    throw error
  }
}

async function open(connection: S3Connection, key: string, options: PutOptions): Promise<OpenUpload> {
  const what = `begin to store ${key}`
  let attempts = 1
  const { UploadId } = await connection.attempts.run(
    what,
    ({ number }) => {
      attempts = number
      return connection.client.send(
        new CreateMultipartUploadCommand({
          Bucket: connection.bucket,
          Key: key,
          ...(options.contentType === undefined ? {} : { ContentType: options.contentType }),
          ...(connection.checksums ? { ChecksumAlgorithm: 'SHA256' as const } : {}),
        }),
        options.signal === undefined ? {} : { abortSignal: options.signal },
      )
    },
    options.signal,
  )
  if (UploadId === undefined)
    throw new StorageError('store_misbehaved', `Could not ${what}: no upload id came.`)
  // An attempt whose answer was lost may have opened one too.
  if (attempts > 1) {
    await abortUnknownUploads(connection, key, UploadId).catch(() => {
      connection.warn(
        `An unfinished upload of ${key} may stay; it is invisible in listings, but takes space.`,
      )
    })
  }
  return { key, uploadId: UploadId }
}

async function sendAll(
  connection: S3Connection,
  upload: OpenUpload,
  first: Part | undefined,
  cutter: PartCutter,
  options: PutOptions,
): Promise<CompletedPart[]> {
  const failed = new AbortController()
  const signal =
    options.signal === undefined ? failed.signal : AbortSignal.any([options.signal, failed.signal])
  const completed: CompletedPart[] = []
  const underWay = new Set<Promise<void>>()
  let sentBytes = 0
  let failure: { readonly error: unknown } | undefined
  const stopped = aborted(signal)

  const send = async (part: Part): Promise<void> => {
    try {
      completed.push(await sendPart(connection, upload, part, signal))
      sentBytes += part.sizeBytes
      options.onProgress?.(sentBytes)
      cutter.giveBack(part)
    } catch (error) {
      failure ??= { error }
      failed.abort(error)
    }
  }
  try {
    let part = first
    while (part !== undefined && failure === undefined) {
      const sending = send(part).finally(() => underWay.delete(sending))
      underWay.add(sending)
      while (underWay.size >= MOST_PARTS_AT_ONCE && failure === undefined) await Promise.race(underWay)
      // Waits for parts to be confirmed where the memory is full of them.
      part = failure === undefined ? await Promise.race([cutter.next(), stopped]) : undefined
    }
  } catch (error) {
    failure ??= { error }
    failed.abort(error)
  }
  await Promise.all(underWay)
  if (failure !== undefined) throw failure.error
  return completed.sort((a, b) => (a.PartNumber ?? 0) - (b.PartNumber ?? 0))
}

/** Never resolves; rejects as soon as `signal` aborts, so that a source that gives nothing does not hold us up. */
function aborted(signal: AbortSignal): Promise<never> {
  const rejection = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  rejection.catch(() => {})
  return rejection
}

async function sendPart(
  connection: S3Connection,
  upload: OpenUpload,
  part: Part,
  signal: AbortSignal,
): Promise<CompletedPart> {
  const checksum = part.sha256.toString('base64')
  const answer = await connection.attempts.run(
    `store part ${part.number} of ${upload.key}`,
    () =>
      connection.client.send(
        new UploadPartCommand({
          Bucket: connection.bucket,
          Key: upload.key,
          UploadId: upload.uploadId,
          PartNumber: part.number,
          ...payload(connection, part, signal),
        }),
        { abortSignal: signal },
      ),
    signal,
  )
  if (answer.ETag === undefined) {
    throw new StorageError(
      'store_misbehaved',
      `The store did not confirm part ${part.number} of ${upload.key}.`,
    )
  }
  return {
    PartNumber: part.number,
    ETag: answer.ETag,
    ...(connection.checksums ? { ChecksumSHA256: checksum } : {}),
  }
}

type Sent = Pick<SentObject, 'key' | 'sizeBytes' | 'sha256' | 'expectedEtag'>

/** Joins the parts. An answer 200 may still carry an error, and an answer that was lost may have been a success. */
async function complete(
  connection: S3Connection,
  upload: OpenUpload,
  parts: readonly CompletedPart[],
  sent: Sent,
  signal: AbortSignal | undefined,
): Promise<Pick<SentObject, 'storeEtag' | 'checksumConfirmed'>> {
  const what = `finish storing ${upload.key}`
  return connection.attempts.run(
    what,
    async attempt => {
      try {
        const answer = await connection.client.send(
          new CompleteMultipartUploadCommand({
            Bucket: connection.bucket,
            Key: upload.key,
            UploadId: upload.uploadId,
            MultipartUpload: { Parts: [...parts] },
          }),
          signal === undefined ? {} : { abortSignal: signal },
        )
        // Ceph 16 leaves it empty, yet it is there.
        if (answer.ETag === undefined) {
          throw new StorageError('store_misbehaved', `Could not ${what}: the store confirmed nothing.`, {
            retryable: true,
          })
        }
        return {
          ...(answer.ETag === '' ? {} : { storeEtag: bareEtag(answer.ETag) }),
          checksumConfirmed: answer.ChecksumSHA256 === checksumOfChecksums(parts),
        }
      } catch (error) {
        if (attempt.number === 1 || !isUploadMissing(error)) throw error
        const found = await findObject(connection, upload.key, signal)
        if (found?.etag !== sent.expectedEtag || found.sizeBytes !== sent.sizeBytes) throw error
        return { storeEtag: found.etag, checksumConfirmed: false }
      }
    },
    signal,
  )
}

/** S3's "composite" checksum: the SHA-256 of the parts' SHA-256s, and their number. */
function checksumOfChecksums(parts: readonly CompletedPart[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(Buffer.from(part.ChecksumSHA256 ?? '', 'base64'))
  return `${hash.digest('base64')}-${parts.length}`
}
