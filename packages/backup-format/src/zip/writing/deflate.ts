import type { BufferPool } from './buffer-pool.ts'
import { type Deflaters, END_OF_STREAM } from './deflaters.ts'
import { inOrder } from './ordered.ts'
import { isIncompressible } from './probe.ts'

/** Large enough that a block loses little by knowing nothing of the one before, small enough that all cores have one. */
export const BLOCK_BYTES = 1024 * 1024
/** Most bytes of a stored block. */
const STORED_BYTES = 0xffff

export interface BlockOptions {
  readonly deflaters: Deflaters
  /** Of buffers of `BLOCK_BYTES`. */
  readonly pool: BufferPool
  /** Blocks under way at the same time. */
  readonly atOnce: number
}

/**
 * Compresses a stream with all cores: its blocks are deflated independently and each ended at a byte's edge, so
 * that joined they are one ordinary deflate stream. Blocks that do not compress are put in as they are.
 */
export async function* deflateInBlocks(
  source: AsyncIterable<Buffer>,
  { deflaters, pool, atOnce }: BlockOptions,
): AsyncGenerator<Buffer> {
  yield* inOrder(blocks(source, pool), atOnce, async block => {
    const deflated = isIncompressible(block) ? storedBlocks(block) : await deflaters.deflate(block)
    pool.give(block)
    return deflated
  })
  yield END_OF_STREAM
}

/** The source in blocks of equal size. */
async function* blocks(source: AsyncIterable<Buffer>, pool: BufferPool): AsyncGenerator<Buffer> {
  let block = pool.take()
  let filled = 0
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; ) {
      const taken = chunk.copy(block, filled, at)
      at += taken
      filled += taken
      if (filled === BLOCK_BYTES) {
        yield block
        block = pool.take()
        filled = 0
      }
    }
  }
  if (filled > 0) yield block.subarray(0, filled)
  else pool.give(block)
}

function storedBlocks(bytes: Buffer): Buffer {
  const pieces: Buffer[] = []
  for (let at = 0; at < bytes.length; at += STORED_BYTES) {
    const piece = bytes.subarray(at, at + STORED_BYTES)
    const header = Buffer.alloc(5)
    header.writeUInt16LE(piece.length, 1)
    header.writeUInt16LE(piece.length ^ 0xffff, 3)
    pieces.push(header, piece)
  }
  return Buffer.concat(pieces)
}
