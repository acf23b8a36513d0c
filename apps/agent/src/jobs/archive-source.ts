import type { RestoreRequest } from '@odoo-backup/protocol'
import { atPlaceHolding, type Places } from './find-place.ts'
import { type ArchiveSource, localArchive, storedArchive } from './open-archive.ts'

/** The archive that a restore reads, wherever it lies. `close` it after use. */
export async function openSource(
  places: Places,
  source: RestoreRequest['source'],
): Promise<{ readonly source: ArchiveSource; close(): void }> {
  if (source.kind === 'file') return { source: await localArchive(source.path), close: () => undefined }
  const { openDestination } = await atPlaceHolding(places, 'restore', source.backup)
  const destination = await openDestination('restore')
  try {
    const key = destination.prefix + source.backup
    const archive = await storedArchive(destination.storage, key, source.backup)
    return { source: archive, close: () => destination.close() }
  } catch (error) {
    destination.close()
    throw error
  }
}
