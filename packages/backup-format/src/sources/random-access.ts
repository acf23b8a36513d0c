import type { Readable } from 'node:stream'
import { BackupFormatError } from '../errors.ts'

/** Bytes of which any stretch can be read, such as a local file or a stored object. */
export interface RandomAccess {
  readonly sizeBytes: number
  /** Bytes `start` to `end`, both included; an error if the content is no longer what it was at first. */
  read(start: number, end: number, signal?: AbortSignal): Promise<Readable>
}

/** Reads a stretch into memory; `length` bytes exactly, or an error. */
export async function readBytes(
  source: RandomAccess,
  start: number,
  length: number,
  signal?: AbortSignal,
): Promise<Buffer> {
  if (length === 0) return Buffer.alloc(0)
  const bytes = Buffer.allocUnsafeSlow(length)
  let filled = 0
  for await (const chunk of await source.read(start, start + length - 1, signal)) {
    if (filled + chunk.length > length) throw unlike(length)
    filled += chunk.copy(bytes, filled)
  }
  if (filled !== length) throw unlike(length)
  return bytes
}

function unlike(length: number): BackupFormatError {
  return new BackupFormatError(
    'zip_damaged',
    `The archive became shorter or longer while it was read: ${length} bytes were expected.`,
  )
}
