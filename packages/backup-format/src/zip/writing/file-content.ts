import type { Readable } from 'node:stream'
import type { SnapshotFile } from '@odoo-backup/protocol'
import { BackupFormatError } from '../../errors.ts'

/** A file's content, with an error if it is not exactly as long as was said. */
export async function* fileContent(file: SnapshotFile, signal: AbortSignal): AsyncGenerator<Buffer> {
  let readBytes = 0
  for await (const chunk of chunksOf(await file.open(), signal)) {
    readBytes += chunk.length
    if (readBytes > file.sizeBytes) break
    yield chunk
  }
  if (readBytes !== file.sizeBytes) {
    throw new BackupFormatError(
      'file_size_changed',
      `The file ${file.path} changed while it was read: it had ${file.sizeBytes} bytes before.`,
    )
  }
}

/** Reads a small file into memory. */
export async function wholeFile(file: SnapshotFile, signal: AbortSignal): Promise<Buffer> {
  const content = Buffer.allocUnsafeSlow(file.sizeBytes)
  let filled = 0
  for await (const chunk of fileContent(file, signal)) filled += chunk.copy(content, filled)
  return content
}

/** A stream's chunks; the abortion ends the stream, and with it a read that waits for ever. */
export async function* chunksOf(stream: Readable, signal: AbortSignal): AsyncGenerator<Buffer> {
  const stop = () => stream.destroy(signal.reason instanceof Error ? signal.reason : new Error('Aborted.'))
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  try {
    for await (const chunk of stream) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
