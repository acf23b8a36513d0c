import { Readable } from 'node:stream'
import type { S3Client } from '@aws-sdk/client-s3'
import type { Bandwidth } from './bandwidth.ts'
import type { S3Connection } from './connection.ts'
import type { Part } from './parts.ts'

/** Hexadecimal SHA-256 of the bodies of requests on their way. */
const knownHashes = new WeakMap<object, string>()

/** The input fields that carry a part: its bytes, and hashes by which the store checks them on arrival. */
export function payload(connection: S3Connection, part: Part, signal: AbortSignal | undefined) {
  const { bandwidth } = connection
  const body = bandwidth === undefined ? part.bytes : paced(bandwidth, part.bytes, signal)
  knownHashes.set(body, part.sha256.toString('hex'))
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

/**
 * Signs a body by the SHA-256 that is known already. The SDK would hash a buffer a second time, and would send
 * a stream unsigned.
 */
export function signByKnownHash(client: S3Client): void {
  client.middlewareStack.add(
    next => args => {
      const body: unknown = Reflect.get(args.input, 'Body')
      const hash = typeof body === 'object' && body !== null ? knownHashes.get(body) : undefined
      const { request } = args
      if (hash !== undefined && typeof request === 'object' && request !== null && 'headers' in request) {
        request.headers = Object.assign({}, request.headers, { 'x-amz-content-sha256': hash })
      }
      return next(args)
    },
    { step: 'build', name: 'signByKnownHash' },
  )
}
