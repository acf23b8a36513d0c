import { promisify } from 'node:util'
import { constants, deflateRaw as deflateRawWithCallback, type ZlibOptions } from 'node:zlib'
import { BufferPool } from './buffer-pool.ts'
import { inOrder } from './ordered.ts'
import { isIncompressible } from './probe.ts'

const deflateRaw = promisify<Uint8Array, ZlibOptions, Buffer>(deflateRawWithCallback)

/** Large enough that a block costs little besides its data, small enough that all cores have one. */
export const BLOCK_BYTES = 512 * 1024
/** How far back deflate may refer. */
const WINDOW_BYTES = 32 * 1024
/** Most bytes of a stored block. */
const STORED_BYTES = 0xffff
/** An empty block with the mark of the last. */
const END_OF_STREAM = Buffer.from([0x03, 0x00])

export interface DeflateOptions {
  /** zlib's 1 to 9. */
  readonly level: number
  /** Blocks compressed at the same time; more than the threads of libuv's pool brings nothing. */
  readonly workers: number
}

/** Compresses a whole in memory, in one call to zlib's thread pool. */
export function deflateWhole(bytes: Buffer, level: number): Promise<Buffer> {
  return deflateRaw(bytes, { level, chunkSize: outputBytes(bytes.length) })
}

/**
 * Compresses a stream with all cores: its blocks are deflated independently, each with the 32 kB before it as
 * dictionary and ended at a byte's edge (Z_SYNC_FLUSH), so that joined they are one ordinary deflate stream.
 * Blocks that do not compress are put in as they are.
 */
export async function* deflateInBlocks(
  source: AsyncIterable<Buffer>,
  options: DeflateOptions,
): AsyncGenerator<Buffer> {
  const pool = new BufferPool(BLOCK_BYTES)
  yield* inOrder(withDictionaries(blocks(source, pool)), options.workers, async block => {
    const deflated = await deflateBlock(block, options.level)
    pool.give(block.bytes)
    return deflated
  })
  yield END_OF_STREAM
}

interface Block {
  readonly bytes: Buffer
  readonly dictionary: Buffer | undefined
}

async function deflateBlock({ bytes, dictionary }: Block, level: number): Promise<Buffer> {
  if (isIncompressible(bytes)) return storedBlocks(bytes)
  return deflateRaw(bytes, {
    level,
    finishFlush: constants.Z_SYNC_FLUSH,
    chunkSize: outputBytes(bytes.length),
    ...(dictionary === undefined ? {} : { dictionary }),
  })
}

/** One output buffer for nearly every block: a second one would cost another trip through the thread pool. */
function outputBytes(inputBytes: number): number {
  return Math.max(1024, (inputBytes >> 1) + 1024)
}

async function* withDictionaries(source: AsyncIterable<Buffer>): AsyncGenerator<Block> {
  let dictionary: Buffer | undefined
  for await (const bytes of source) {
    // A copy, since the block itself is used again.
    const next = Buffer.from(bytes.subarray(-WINDOW_BYTES))
    yield { bytes, dictionary }
    dictionary = next
  }
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
