import { type RandomAccess, readBytes } from './random-access.ts'

/** Bytes of one request: few requests for many small entries, and little memory. */
export const WINDOW_BYTES = 8 * 1024 * 1024

interface Window {
  readonly start: number
  readonly end: number
  readonly bytes: Promise<Buffer>
}

/**
 * Reads a source forward through windows, the next one fetched while the current one is worked on. Whole
 * windows are fetched at once, so that a slow consumer never holds a connection.
 */
export class WindowReader {
  readonly #source: RandomAccess
  readonly #windowBytes: number
  readonly #signal: AbortSignal | undefined
  /** Where reading ends at the latest; nothing beyond is fetched. */
  readonly #limit: number
  #current: Window | undefined
  #ahead: Window | undefined

  constructor(
    source: RandomAccess,
    options: { limit: number; windowBytes?: number | undefined; signal?: AbortSignal | undefined },
  ) {
    this.#source = source
    this.#limit = options.limit
    this.#windowBytes = options.windowBytes ?? WINDOW_BYTES
    this.#signal = options.signal
  }

  /** The `length` bytes from `start` on; without a copy where they lie in one window. */
  async take(start: number, length: number): Promise<Buffer> {
    const pieces: Buffer[] = []
    for await (const piece of this.stream(start, length)) pieces.push(piece)
    const [only] = pieces
    return only !== undefined && pieces.length === 1 ? only : Buffer.concat(pieces)
  }

  async *stream(start: number, length: number): AsyncGenerator<Buffer> {
    const end = start + length
    if (end > this.#limit) throw new RangeError('Beyond the end.')
    for (let at = start; at < end; ) {
      const window = this.#windowAt(at)
      const bytes = await window.bytes
      const piece = bytes.subarray(at - window.start, Math.min(end, window.end) - window.start)
      at += piece.length
      yield piece
    }
  }

  #windowAt(at: number): Window {
    const holds = (window: Window | undefined): window is Window =>
      window !== undefined && at >= window.start && at < window.end
    if (holds(this.#current)) return this.#current
    const current = holds(this.#ahead) ? this.#ahead : this.#fetch(at)
    this.#current = current
    this.#ahead = current.end < this.#limit ? this.#fetch(current.end) : undefined
    return current
  }

  #fetch(start: number): Window {
    const end = Math.min(this.#limit, start + this.#windowBytes)
    const bytes = readBytes(this.#source, start, end - start, this.#signal)
    // Whoever comes to need the window sees the failure.
    bytes.catch(() => {})
    return { start, end, bytes }
  }
}
