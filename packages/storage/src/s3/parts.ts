import { createHash, type Hash } from 'node:crypto'
import { returnPiece } from '../streams/lent-pieces.ts'
import { BlockMemory } from './block-memory.ts'
import { blockBytes, blocksHeld } from './part-size.ts'

/** A piece of an upload in memory, with the hashes of exactly these bytes. */
export interface Part {
  /** From 1. */
  readonly number: number
  /** Its bytes, in blocks; there is always one, if an empty one. */
  readonly blocks: readonly Buffer[]
  readonly sizeBytes: number
  readonly md5: Buffer
  readonly sha256: Buffer
  /** Nothing follows. */
  readonly last: boolean
}

/** What is computed of a part. */
interface PartHashes {
  readonly md5: Hash
  readonly sha256: Hash
}

/**
 * A part is hashed while it is filled: all of it at its end would keep this thread from giving the others work, and
 * would find nothing of it in the processor's cache.
 */
const HASHED_AT_ONCE = 256 * 1024

export interface CutterOptions {
  readonly bytesOfPart: (partNumber: number) => number
  /** For all parts that were not given back and the one that is being filled, where one of them fits. */
  readonly memoryBytes: number
}

/**
 * Cuts a stream into parts, reading no further than the part that is asked for, and adds up the hash of the
 * whole as the parts leave. A part stays in memory until it is given back; while the memory is full, the next waits.
 */
export class PartCutter {
  readonly #memory: BlockMemory
  readonly #source: AsyncIterator<Buffer>
  readonly #options: CutterOptions
  readonly #whole: Hash = createHash('sha256')
  readonly #partMd5s: Buffer[] = []
  #piece: Buffer = Buffer.alloc(0)
  /** What of the piece was not copied yet. */
  #rest: Buffer = this.#piece
  #ended = false
  #sizeBytes = 0
  #next: Part | undefined

  constructor(source: AsyncIterable<Buffer>, options: CutterOptions) {
    this.#source = source[Symbol.asyncIterator]()
    this.#options = options
    this.#memory = new BlockMemory(blockBytes(options.bytesOfPart(1)))
  }

  /** The next part; undefined after the last. There is always a first one, if an empty one. */
  async next(): Promise<Part | undefined> {
    if (this.#next?.last) return undefined
    const number = this.#partMd5s.length + 1
    const mostBytes = this.#options.bytesOfPart(number)
    this.#memory.allow(blocksHeld(mostBytes, this.#memory.blockBytes, this.#options.memoryBytes))
    const hashes = { md5: createHash('md5'), sha256: createHash('sha256') }
    const blocks: Buffer[] = []
    let sizeBytes = 0
    while (blocks.length === 0 || (sizeBytes < mostBytes && (await this.#more()))) {
      const block = await this.#memory.take()
      const filled = await this.#fill(block.subarray(0, mostBytes - sizeBytes), hashes)
      blocks.push(filled)
      sizeBytes += filled.length
    }
    const last = !(await this.#more())
    const md5 = hashes.md5.digest()
    this.#partMd5s.push(md5)
    this.#sizeBytes += sizeBytes
    this.#next = { number, blocks, sizeBytes, md5, sha256: hashes.sha256.digest(), last }
    return this.#next
  }

  giveBack(part: Part): void {
    for (const block of part.blocks) this.#memory.give(block)
  }

  /** What all the parts were, once the last is out; `single` for an upload in one request. */
  summary(single: boolean): { sizeBytes: number; sha256: string; expectedEtag: string } {
    const md5s = this.#partMd5s
    const expectedEtag = single
      ? Buffer.concat(md5s).toString('hex')
      : `${createHash('md5').update(Buffer.concat(md5s)).digest('hex')}-${md5s.length}`
    return { sizeBytes: this.#sizeBytes, sha256: this.#whole.copy().digest('hex'), expectedEtag }
  }

  /** Fills a block from the source and gives what was filled: less than all of it only at the source's end. */
  async #fill(block: Buffer, hashes: PartHashes): Promise<Buffer> {
    let filled = 0
    let hashed = 0
    while (filled < block.length && (await this.#more())) {
      const taken = this.#rest.copy(block, filled)
      this.#rest = this.#rest.subarray(taken)
      filled += taken
      if (filled - hashed >= HASHED_AT_ONCE) {
        this.#hash(block.subarray(hashed, filled), hashes)
        hashed = filled
      }
    }
    this.#hash(block.subarray(hashed, filled), hashes)
    return block.subarray(0, filled)
  }

  #hash(bytes: Buffer, { md5, sha256 }: PartHashes): void {
    md5.update(bytes)
    sha256.update(bytes)
    this.#whole.update(bytes)
  }

  async #more(): Promise<boolean> {
    while (this.#rest.length === 0 && !this.#ended) {
      returnPiece(this.#piece)
      const { done, value } = await this.#source.next()
      if (done) this.#ended = true
      else {
        this.#piece = value
        this.#rest = value
      }
    }
    return this.#rest.length > 0
  }
}
