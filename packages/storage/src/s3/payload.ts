import { Readable } from 'node:stream'
import type { Bandwidth } from './bandwidth.ts'
import type { S3Connection } from './connection.ts'
import { rememberHash } from './known-hash.ts'
import type { Part } from './parts.ts'

/** The input fields that carry a part: its bytes, and hashes by which the store checks them on arrival. */
export function payload(connection: S3Connection, part: Part, signal: AbortSignal | undefined) {
  const { bandwidth } = connection
  const body = bandwidth === undefined ? part.bytes : paced(bandwidth, part.bytes, signal)
  rememberHash(body, part.sha256)
  return {
    Body: body,
    ContentLength: part.bytes.length,
    ContentMD5: part.md5.toString('base64'),
    ...(connection.checksums ? { ChecksumSHA256: part.sha256.toString('base64') } : {}),
  }
}

/**
 * The SDK stops listening to a body once its request is aborted: the error that the body then ends with was told
 * by the request already, and must not end the process as one that nobody hears.
 */
function paced(bandwidth: Bandwidth, bytes: Buffer, signal: AbortSignal | undefined): Readable {
  return Readable.from(bandwidth.pace(bytes, signal)).on('error', () => undefined)
}
