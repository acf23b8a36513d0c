import { crc32 } from 'node:zlib'
import { deflateWhole } from './deflate.ts'
import { isIncompressible } from './probe.ts'
import { DEFLATED, STORED, type WrittenEntry } from './records.ts'

/** An entry that is in memory as a whole, so that its sizes stand before it. */
export interface WholeEntry {
  readonly entry: Omit<WrittenEntry, 'offset'>
  /** As it goes into the archive: `content` itself where deflating does not make it smaller. */
  readonly data: Buffer
}

export async function compressEntry(name: string, content: Buffer, level: number): Promise<WholeEntry> {
  const deflated = isIncompressible(content) ? content : await deflateWhole(content, level)
  const worthwhile = deflated.length < content.length
  const data = worthwhile ? deflated : content
  const entry = {
    name: Buffer.from(name),
    method: worthwhile ? DEFLATED : STORED,
    crc32: crc32(content),
    compressedBytes: data.length,
    sizeBytes: content.length,
    sizesFollow: false,
    zip64: false,
  } as const
  return { entry, data }
}
