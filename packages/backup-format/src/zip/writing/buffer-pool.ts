/**
 * Buffers of one size that are used again: what is thrown away by the megabyte stays in memory until the garbage
 * collector gets round to it.
 */
export class BufferPool {
  readonly #bytes: number
  readonly #free: Buffer[] = []

  constructor(bytes: number) {
    this.#bytes = bytes
  }

  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(this.#bytes)
  }

  /** Takes back a buffer, or a part of one, to which nobody holds on any more. */
  give(buffer: Buffer): void {
    if (buffer.buffer.byteLength === this.#bytes) this.#free.push(Buffer.from(buffer.buffer))
  }
}
