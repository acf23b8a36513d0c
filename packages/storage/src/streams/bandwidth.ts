import { setTimeout as sleep } from 'node:timers/promises'

/** Spreads bytes over time so that, whoever takes them, no more than `bytesPerSecond` pass on average. */
export class Bandwidth {
  readonly bytesPerSecond: number
  readonly #now: () => number
  #freeAtMs = 0

  constructor(bytesPerSecond: number, now: () => number) {
    this.bytesPerSecond = bytesPerSecond
    this.#now = now
  }

  /** Resolves when `bytes` may pass. */
  async take(bytes: number, signal?: AbortSignal): Promise<void> {
    const startMs = Math.max(this.#freeAtMs, this.#now())
    this.#freeAtMs = startMs + (bytes / this.bytesPerSecond) * 1000
    const waitMs = startMs - this.#now()
    if (waitMs > 0) await sleep(waitMs, undefined, signal === undefined ? {} : { signal })
  }

  /** `bytes` in slices small enough for an even flow. */
  async *pace(bytes: Buffer, signal?: AbortSignal): AsyncGenerator<Buffer> {
    const slice = Math.max(1024, Math.min(64 * 1024, Math.floor(this.bytesPerSecond / 4)))
    for (let at = 0; at < bytes.length; at += slice) {
      const next = bytes.subarray(at, at + slice)
      await this.take(next.length, signal)
      yield next
    }
  }
}
