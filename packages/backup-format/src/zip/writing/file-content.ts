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

/** Reads a small file into the beginning of `memory`, which must hold it. */
export async function wholeFile(file: SnapshotFile, memory: Buffer, signal: AbortSignal): Promise<Buffer> {
  let filled = 0
  for await (const chunk of fileContent(file, signal)) filled += chunk.copy(memory, filled)
  return memory.subarray(0, filled)
}
