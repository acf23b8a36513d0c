import { type FileHandle, open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type { RandomAccess } from './random-access.ts'

const PIECE_BYTES = 1024 * 1024

/** A local file, held open until `close()`, so that it stays readable if its name is taken away. */
export async function fileSource(path: string): Promise<RandomAccess & { close(): Promise<void> }> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    return {
      sizeBytes: size,
      read: async (start, end, signal) =>
        Readable.from(stretch(file, start, end, signal), { objectMode: false }),
      close: () => file.close(),
    }
  } catch (error) {
    await file.close()
    throw error
  }
}

async function* stretch(
  file: FileHandle,
  start: number,
  end: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  for (let at = start; at <= end; ) {
    signal?.throwIfAborted()
    const piece = Buffer.allocUnsafeSlow(Math.min(PIECE_BYTES, end + 1 - at))
    const { bytesRead } = await file.read(piece, 0, piece.length, at)
    if (bytesRead === 0) return
    at += bytesRead
    yield piece.subarray(0, bytesRead)
  }
}
