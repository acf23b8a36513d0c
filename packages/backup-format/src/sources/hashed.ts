import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { RandomAccess } from './random-access.ts'

/** A source that learns what its whole is from what is read of it anyway. */
export interface HashedSource extends RandomAccess {
  /** Hexadecimal SHA-256 of all its bytes; those that nobody has read in their order are read now. */
  sha256(signal?: AbortSignal): Promise<string>
}

/** What was read ahead waits for what lies before it, up to so many bytes; what is dropped is read once more. */
const MOST_WAITING_BYTES = 16 * 1024 * 1024

/** Whoever reads it in the order in which it lies, with a look at its end first, reads nothing twice. */
export function hashedSource(source: RandomAccess): HashedSource {
  const hash = createHash('sha256')
  let hashedBytes = 0
  const waiting = new Map<number, Buffer>()
  let waitingBytes = 0

  function add(start: number, chunk: Buffer): void {
    const end = start + chunk.length
    if (end <= hashedBytes) return
    hash.update(start < hashedBytes ? chunk.subarray(hashedBytes - start) : chunk)
    hashedBytes = end
  }

  function addWaiting(): void {
    for (let isFurther = true; isFurther; ) {
      isFurther = false
      for (const [start, chunk] of waiting) {
        if (start > hashedBytes) continue
        waiting.delete(start)
        waitingBytes -= chunk.length
        add(start, chunk)
        isFurther = true
      }
    }
  }

  function note(start: number, chunk: Buffer): void {
    if (start <= hashedBytes) {
      add(start, chunk)
      addWaiting()
    } else if (!waiting.has(start) && waitingBytes + chunk.length <= MOST_WAITING_BYTES) {
      waiting.set(start, chunk)
      waitingBytes += chunk.length
    }
  }

  async function* noting(start: number, body: Readable): AsyncGenerator<Buffer> {
    let at = start
    for await (const piece of body) {
      const chunk: Buffer = piece
      note(at, chunk)
      at += chunk.length
      yield chunk
    }
  }

  return {
    sizeBytes: source.sizeBytes,
    read: async (start, end, signal) =>
      Readable.from(noting(start, await source.read(start, end, signal)), { objectMode: false }),
    async sha256(signal) {
      if (hashedBytes < source.sizeBytes) {
        let at = hashedBytes
        for await (const piece of await source.read(at, source.sizeBytes - 1, signal)) {
          const chunk: Buffer = piece
          add(at, chunk)
          at += chunk.length
        }
      }
      return hash.copy().digest('hex')
    },
  }
}
