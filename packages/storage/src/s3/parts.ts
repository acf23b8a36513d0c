import { createHash, type Hash } from 'node:crypto'

/** A piece of an upload in memory, with the hashes of exactly these bytes. */
export interface Part {
  /** From 1. */
  readonly number: number
  readonly bytes: Buffer
  readonly md5: Buffer
  readonly sha256: Buffer
  /** Nothing follows. */
  readonly last: boolean
}

/**
 * A part is hashed while it is filled: all of it at its end would keep this thread from giving the others work, and
 * would find nothing of it in the processor's cache.
 */
const HASHED_AT_ONCE = 256 * 1024

/** Buffers that are used again, so that a long upload does not leave a trail of garbage. */
class BufferPool {
  #free: Buffer[] = []

  take(bytes: number): Buffer {
    const found = this.#free.findIndex(buffer => buffer.length === bytes)
    const [buffer] = found < 0 ? [] : this.#free.splice(found, 1)
    if (buffer === undefined) this.#free = []
    return buffer ?? Buffer.allocUnsafeSlow(bytes)
  }

  give(bytes: Buffer): void {
    const whole = Buffer.from(bytes.buffer)
    this.#free.push(whole)
  }
}

/**
 * Cuts a stream into parts, reading no further than the part that is asked for, and adds up the hash of the
 * whole as the parts leave. The bytes of a part may be given back once they are sent.
 */
export class PartCutter {
  readonly #pool = new BufferPool()
  readonly #source: AsyncIterator<Buffer>
  readonly #bytesOfPart: (partNumber: number) => number
  readonly #whole: Hash = createHash('sha256')
  readonly #partMd5s: Buffer[] = []
  #rest: Buffer = Buffer.alloc(0)
  #ended = false
  #sizeBytes = 0
  #next: Part | undefined

  constructor(source: AsyncIterable<Buffer>, bytesOfPart: (partNumber: number) => number) {
    this.#source = source[Symbol.asyncIterator]()
    this.#bytesOfPart = bytesOfPart
  }

  /** The next part; undefined after the last. There is always a first one, if an empty one. */
  async next(): Promise<Part | undefined> {
    if (this.#next?.last) return undefined
    const number = this.#partMd5s.length + 1
    const buffer = this.#pool.take(this.#bytesOfPart(number))
    const hashes = { md5: createHash('md5'), sha256: createHash('sha256') }
    let filled = 0
    let hashed = 0
    while (filled < buffer.length && (await this.#more())) {
      const taken = this.#rest.copy(buffer, filled)
      this.#rest = this.#rest.subarray(taken)
      filled += taken
      if (filled - hashed >= HASHED_AT_ONCE) {
        this.#hash(buffer.subarray(hashed, filled), hashes)
        hashed = filled
      }
    }
    this.#hash(buffer.subarray(hashed, filled), hashes)
    const last = !(await this.#more())
    const md5 = hashes.md5.digest()
    this.#partMd5s.push(md5)
    this.#sizeBytes += filled
    this.#next = { number, bytes: buffer.subarray(0, filled), md5, sha256: hashes.sha256.digest(), last }
    return this.#next
  }

  #hash(bytes: Buffer, { md5, sha256 }: { readonly md5: Hash; readonly sha256: Hash }): void {
    md5.update(bytes)
    sha256.update(bytes)
    this.#whole.update(bytes)
  }

  giveBack(part: Part): void {
    this.#pool.give(part.bytes)
  }

  /** What all the parts were, once the last is out; `single` for an upload in one request. */
  summary(single: boolean): { sizeBytes: number; sha256: string; expectedEtag: string } {
    const md5s = this.#partMd5s
    const expectedEtag = single
      ? Buffer.concat(md5s).toString('hex')
      : `${createHash('md5').update(Buffer.concat(md5s)).digest('hex')}-${md5s.length}`
    return { sizeBytes: this.#sizeBytes, sha256: this.#whole.copy().digest('hex'), expectedEtag }
  }

  async #more(): Promise<boolean> {
    while (this.#rest.length === 0 && !this.#ended) {
      const { done, value } = await this.#source.next()
      if (done) this.#ended = true
      else this.#rest = value
    }
    return this.#rest.length > 0
  }
}
