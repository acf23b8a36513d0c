import type { SnapshotFile } from '@odoo-backup/protocol'
import { chunksOf } from '@odoo-backup/storage'
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

/** Reads a small file into memory; one that comes in one piece is not copied. */
export async function wholeFile(file: SnapshotFile, signal: AbortSignal): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of fileContent(file, signal)) pieces.push(piece)
  const [only] = pieces
  return only !== undefined && pieces.length === 1 ? only : Buffer.concat(pieces)
}
