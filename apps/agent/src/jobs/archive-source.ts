import { formatInfoName, parseBackupName, type ReadInfo, readInfo } from '@odoo-backup/backup-format'
import type { RestoreRequest } from '@odoo-backup/protocol'
import { type Storage, StorageError } from '@odoo-backup/storage'
import { atPlaceHolding, type Places } from './find-place.ts'
import { localArchive } from './local-archive.ts'
import { type ArchiveSource, storedArchive } from './open-archive.ts'

export interface OpenedSource {
  readonly source: ArchiveSource
  /** Of the archive, hexadecimal, as `.info` has it; undefined for a file, and where another wrote the `.info`. */
  notedSha256(): Promise<string | undefined>
  close(): void
}

/** The archive that a restore reads, wherever it lies. `close` it after use. */
export async function openSource(places: Places, source: RestoreRequest['source']): Promise<OpenedSource> {
  if (source.kind === 'file') {
    const archive = await localArchive(source.path)
    return { source: archive, notedSha256: async () => undefined, close: () => undefined }
  }
  const { openDestination } = await atPlaceHolding(places, 'restore', source.backup)
  const destination = await openDestination('restore')
  try {
    const { storage, prefix } = destination
    return {
      source: await storedArchive(storage, prefix + source.backup, source.backup),
      notedSha256: async () => {
        const name = parseBackupName(source.backup)
        const info = name && (await readStoredInfo(storage, prefix + formatInfoName(name)))
        return info?.facts.get('checksums')?.get('sha256')
      },
      close: () => destination.close(),
    }
  } catch (error) {
    destination.close()
    throw error
  }
}

/** What an `.info` says; undefined where there is none. */
async function readStoredInfo(storage: Storage, key: string): Promise<ReadInfo | undefined> {
  try {
    const chunks: Buffer[] = []
    for await (const chunk of await storage.get(key)) chunks.push(Buffer.from(chunk))
    return readInfo(Buffer.concat(chunks))
  } catch (error) {
    if (error instanceof StorageError && error.code === 'object_missing') return undefined
    throw error
  }
}
