import { formatInfoName, parseBackupName, readInfo } from '@odoo-backup/backup-format'
import type { BackupView } from '@odoo-backup/protocol'
import type { Place } from '../config/place.ts'
import type { Destination } from '../credentials/destination.ts'
import type { Places } from '../jobs/find-place.ts'
import { within } from '../jobs/patience.ts'
import { detailsOf } from './backup-details.ts'

/** `.info` of one page are read in a few rounds of requests, without opening a connection for each. */
const AT_ONCE = 8
/** A page waits no longer than this for what is only an addition to it. */
const PATIENCE_MS = 5000
/** `.info` never changes once it is written; so many numbers are remembered, the oldest forgotten first. */
const REMEMBERED = 20_000

/** Reads how many files were missing when backups were made, each `.info` once. */
export function createMissingFiles(
  places: Places,
  /** Whether a place is known not to answer. */
  isAway: (place: Place) => boolean,
): (backups: readonly BackupView[]) => Promise<BackupView[]> {
  const known = new Map<string, number | undefined>()

  const remember = (name: string, missing: number | undefined) => {
    known.set(name, missing)
    const [oldest] = known.keys()
    if (known.size > REMEMBERED && oldest !== undefined) known.delete(oldest)
  }

  /** Reads those that lie here; one that does not is left for the next place. */
  async function readAt(place: Place, wanted: readonly BackupView[], signal: AbortSignal): Promise<void> {
    const destination = await places.openDestination('restore', place)
    try {
      const waiting = wanted.values()
      const worker = async () => {
        for (const backup of waiting) {
          if (signal.aborted) return
          await readOne(destination, backup, signal).then(
            missing => remember(backup.name, missing),
            () => undefined,
          )
        }
      }
      await Promise.all(Array.from({ length: AT_ONCE }, worker))
    } finally {
      destination.close()
    }
  }

  return async backups => {
    const signal = AbortSignal.timeout(PATIENCE_MS)
    for (const place of places.places()) {
      const unknown = backups.filter(({ name, lone }) => lone !== true && !known.has(name))
      if (unknown.length === 0 || signal.aborted) break
      if (isAway(place)) continue
      await within(readAt(place, unknown, signal), PATIENCE_MS).catch(() => undefined)
    }
    return backups.map(backup => {
      const missingFiles = known.get(backup.name)
      return missingFiles === undefined ? backup : { ...backup, missingFiles }
    })
  }
}

async function readOne(
  { storage, prefix }: Destination,
  backup: BackupView,
  signal: AbortSignal,
): Promise<number | undefined> {
  const name = parseBackupName(backup.name)
  if (name === undefined) return undefined
  const chunks: Buffer[] = []
  for await (const chunk of await storage.get(prefix + formatInfoName(name), { signal }))
    chunks.push(Buffer.from(chunk))
  return detailsOf(backup, readInfo(Buffer.concat(chunks))).missingFiles
}
