import { Readable } from 'node:stream'
import type { Bandwidth } from '../streams/bandwidth.ts'
import type { S3Connection } from './connection.ts'
import { rememberHash } from './known-hash.ts'
import type { Part } from './parts.ts'

/** The input fields that carry a part: its bytes, and hashes by which the store checks them on arrival. */
export function payload({ bandwidth, checksums }: S3Connection, part: Part, signal: AbortSignal | undefined) {
  const body = bodyOf(part, bandwidth, signal)
  rememberHash(body, part.sha256)
  return {
    Body: body,
    ContentLength: part.sizeBytes,
    ContentMD5: part.md5.toString('base64'),
    ...(checksums ? { ChecksumSHA256: part.sha256.toString('base64') } : {}),
  }
}

function bodyOf(
  { blocks }: Part,
  bandwidth: Bandwidth | undefined,
  signal: AbortSignal | undefined,
): Buffer | Readable {
  const [only] = blocks
  if (bandwidth !== undefined) return streamOf(paced(bandwidth, blocks, signal))
  return only !== undefined && blocks.length === 1 ? only : streamOf(blocks)
}

/**
 * The SDK stops listening to a body once its request is aborted: the error that the body then ends with was told
 * by the request already, and must not end the process as one that nobody hears.
 */
function streamOf(pieces: Iterable<Buffer> | AsyncIterable<Buffer>): Readable {
  return Readable.from(pieces, { objectMode: false }).on('error', () => undefined)
}

async function* paced(
  bandwidth: Bandwidth,
  blocks: readonly Buffer[],
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  for (const block of blocks) yield* bandwidth.pace(block, signal)
}
