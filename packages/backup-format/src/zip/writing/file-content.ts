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

/** Reads a small file into the beginning of `target`, which has room for `sizeBytes`; gives what was filled. */
export async function wholeFile(file: SnapshotFile, target: Buffer, signal: AbortSignal): Promise<Buffer> {
  const content = target.subarray(0, file.sizeBytes)
  if (file.readInto !== undefined) {
    signal.throwIfAborted()
    await file.readInto(content)
    return content
  }
  let filled = 0
  for await (const piece of fileContent(file, signal)) filled += piece.copy(content, filled)
  return content
}
