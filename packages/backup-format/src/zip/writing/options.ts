import { availableParallelism } from 'node:os'
import type { SnapshotFile } from '@odoo-backup/protocol'

/** How far the writing of an archive is. */
export interface ZipWritingProgress {
  readonly dumpBytes: number
  readonly filesDone: number
  readonly filesBytes: number
  /** Left out, see `skipFile`. */
  readonly filesSkipped: number
  /** Bytes of the archive that have left. */
  readonly writtenBytes: number
}

export interface ZipWritingOptions {
  /** zlib's 1 to 9, `DEFAULT_LEVEL` by default. */
  readonly level?: number
  /** Compressions at the same time; by default as many as cores, within libuv's thread pool (UV_THREADPOOL_SIZE). */
  readonly workers?: number
  /** The entries' date. */
  readonly modifiedAt?: Date
  readonly onProgress?: (progress: ZipWritingProgress) => void
  /**
   * Asked when a file cannot be read as it was announced: true leaves it out of the archive, otherwise the
   * archive fails with that error.
   */
  readonly skipFile?: (file: SnapshotFile, error: unknown) => boolean
  readonly signal?: AbortSignal
}

/** Twice as fast as Odoo's 6, for archives that are a few percent larger. */
export const DEFAULT_LEVEL = 4

/** The threads that libuv really has: four, unless the process was started with another number. */
export function defaultWorkers(): number {
  const threads = Number(process.env.UV_THREADPOOL_SIZE ?? 4)
  return Math.max(1, Math.min(availableParallelism(), Number.isInteger(threads) ? threads : 4))
}
