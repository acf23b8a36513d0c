import { crc32 } from 'node:zlib'
import { type Deflaters, END_OF_STREAM } from './deflaters.ts'
import { isIncompressible } from './probe.ts'
import { DEFLATED, STORED, type WrittenEntry } from './records.ts'

/** An entry that is in memory as a whole, so that its sizes stand before it. */
export interface WholeEntry {
  readonly entry: Omit<WrittenEntry, 'offset'>
  /** As it goes into the archive. */
  readonly data: readonly Buffer[]
}

/** Compresses a content where that makes it smaller; where it does not, `data` is `content` itself. */
export async function compressEntry(
  name: string,
  content: Buffer,
  deflaters: Deflaters,
): Promise<WholeEntry> {
  const deflated =
    content.length === 0 || isIncompressible(content)
      ? undefined
      : [await deflaters.deflate(content), END_OF_STREAM]
  const worthwhile = deflated !== undefined && lengthOf(deflated) < content.length
  const data = worthwhile ? deflated : [content]
  const entry = {
    name: Buffer.from(name),
    method: worthwhile ? DEFLATED : STORED,
    crc32: crc32(content),
    compressedBytes: lengthOf(data),
    sizeBytes: content.length,
    sizesFollow: false,
    zip64: false,
  } as const
  return { entry, data }
}

function lengthOf(pieces: readonly Buffer[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0)
}
