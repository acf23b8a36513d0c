/**
 * The memory of one upload: blocks of one size that are used again, and no more of them than were allowed. Who wants
 * one more waits until one is given back.
 */
export class BlockMemory {
  readonly blockBytes: number
  #allowed = 0
  #made = 0
  readonly #free: Buffer[] = []
  readonly #waiting: ((block: Buffer) => void)[] = []

  constructor(blockBytes: number) {
    this.blockBytes = blockBytes
  }

  /** Blocks there may be from now on; a smaller number than before changes nothing. */
  allow(blocks: number): void {
    this.#allowed = Math.max(this.#allowed, blocks)
  }

  async take(): Promise<Buffer> {
    const free = this.#free.pop()
    if (free !== undefined) return free
    if (this.#made >= this.#allowed) return new Promise(resolve => this.#waiting.push(resolve))
    this.#made++
    return Buffer.allocUnsafeSlow(this.blockBytes)
  }

  /** Takes back a block, or a part of one, to which nobody holds on any more. */
  give(piece: Buffer): void {
    const block = Buffer.from(piece.buffer)
    const next = this.#waiting.shift()
    if (next === undefined) this.#free.push(block)
    else next(block)
  }
}
