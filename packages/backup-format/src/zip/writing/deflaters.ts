import { constants, createDeflateRaw } from 'node:zlib'

/** Of one output buffer; a piece that needs a second one costs another trip through the thread pool. */
const OUTPUT_BYTES = 512 * 1024

/** An empty block with the mark of the last: what has to follow the pieces of a deflate stream. */
export const END_OF_STREAM = Buffer.from([0x03, 0x00])

/**
 * Compressors that are used again and again, a few at the same time. A new one for each piece takes 268 kB of
 * memory, which costs more than a small file's compression, and drives the garbage collector to run all the time.
 */
export class Deflaters {
  readonly #level: number
  readonly #atOnce: number
  readonly #made: Deflater[] = []
  readonly #idle: Deflater[] = []
  readonly #waiting: ((deflater: Deflater) => void)[] = []

  /** @param level zlib's 1 to 9 @param atOnce more than the threads of libuv's pool bring nothing */
  constructor(level: number, atOnce: number) {
    this.#level = level
    this.#atOnce = atOnce
  }

  /**
   * Compresses a piece without regard to any other: the results, joined in any order and ended with
   * `END_OF_STREAM`, are one ordinary deflate stream. `bytes` may be used again when this resolves.
   */
  async deflate(bytes: Buffer): Promise<Buffer> {
    const deflater = await this.#take()
    try {
      return await deflater.deflate(bytes)
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#idle.push(deflater)
      else next(deflater)
    }
  }

  /** Gives their memory back; call it when nothing is under way. */
  close(): void {
    for (const deflater of this.#made) deflater.close()
  }

  async #take(): Promise<Deflater> {
    const idle = this.#idle.pop()
    if (idle !== undefined) return idle
    if (this.#made.length >= this.#atOnce) return new Promise(resolve => this.#waiting.push(resolve))
    const made = new Deflater(this.#level)
    this.#made.push(made)
    return made
  }
}

/** One compressor. It forgets after each piece what it has seen (Z_FULL_FLUSH), and ends it at a byte's edge. */
class Deflater {
  readonly #stream
  #output: Buffer[] = []

  constructor(level: number) {
    this.#stream = createDeflateRaw({ level, flush: constants.Z_FULL_FLUSH, chunkSize: OUTPUT_BYTES })
    this.#stream.on('data', (piece: Buffer) => this.#output.push(piece))
    // Whoever waits for a piece is told; after that there is nobody to tell.
    this.#stream.on('error', () => undefined)
  }

  deflate(bytes: Buffer): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#stream.once('error', reject)
      this.#stream.write(bytes, error => {
        this.#stream.off('error', reject)
        if (error) reject(error)
        else resolve(this.#taken())
      })
    })
  }

  close(): void {
    this.#stream.close()
  }

  #taken(): Buffer {
    // What may still lie in the stream comes as 'data' by being read.
    while (this.#stream.read() !== null);
    const pieces = this.#output
    this.#output = []
    const [only] = pieces
    return only !== undefined && pieces.length === 1 ? only : Buffer.concat(pieces)
  }
}
