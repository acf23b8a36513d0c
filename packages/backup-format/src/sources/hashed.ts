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

/**
 * Whoever reads it in the order in which it lies, with a look at its end first, reads nothing twice but what of that end
 * does not fit into what waits.
 */
export function hashedSource(source: RandomAccess): HashedSource {
  const hash = createHash('sha256')
  let hashedBytes = 0
  const waiting = new Map<number, Buffer>()
  let waitingBytes = 0
  /** Where it begins; infinity: nothing waits. */
  let firstWaiting = Number.POSITIVE_INFINITY

  function add(start: number, chunk: Buffer): void {
    const end = start + chunk.length
    if (end <= hashedBytes) return
    hash.update(start < hashedBytes ? chunk.subarray(hashedBytes - start) : chunk)
    hashedBytes = end
  }

  /** The next of what waits, as soon as what lies before it was read. */
  function addWaiting(): void {
    while (firstWaiting <= hashedBytes) {
      const chunk = take(firstWaiting)
      if (chunk !== undefined) add(firstWaiting, chunk)
      firstWaiting = waiting.has(hashedBytes)
        ? hashedBytes
        : Math.min(Number.POSITIVE_INFINITY, ...waiting.keys())
    }
  }

  function take(start: number): Buffer | undefined {
    const chunk = waiting.get(start)
    waiting.delete(start)
    waitingBytes -= chunk?.length ?? 0
    return chunk
  }

  function keep(start: number, chunk: Buffer): void {
    if (waiting.has(start)) return
    waiting.set(start, chunk)
    waitingBytes += chunk.length
    firstWaiting = Math.min(firstWaiting, start)
    // What lies furthest is needed last, such as a directory: it is read once more, and nothing before it.
    while (waitingBytes > MOST_WAITING_BYTES) take(Math.max(...waiting.keys()))
  }

  function note(start: number, chunk: Buffer): void {
    if (start > hashedBytes) keep(start, chunk)
    else {
      add(start, chunk)
      addWaiting()
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
