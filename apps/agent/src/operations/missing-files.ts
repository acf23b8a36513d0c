import { formatInfoName, parseBackupName, readInfo } from '@odoo-backup/backup-format'
import type { BackupView } from '@odoo-backup/protocol'
import type { Place } from '../config/place.ts'
import type { Destination } from '../credentials/destination.ts'
import type { Places } from '../jobs/find-place.ts'
import { JobData } from '../jobs/job-data.ts'
import { within } from '../jobs/patience.ts'
import type { JobQueue } from '../queue/job-queue.ts'
import { detailsOf } from './backup-details.ts'

/** `.info` of one page are read in a few rounds of requests, without opening a connection for each. */
const AT_ONCE = 8
/** A page waits no longer than this for what is only an addition to it. */
const PATIENCE_MS = 5000
/** `.info` never changes once it is written; so many numbers are remembered, the oldest forgotten first. */
const REMEMBERED = 20_000

/** How many files were missing from the backups of which this agent's queue still keeps the job. */
export async function missingFilesOfJobs(
  queue: Pick<JobQueue, 'jobs'>,
): Promise<ReadonlyMap<string, number>> {
  const numbers = new Map<string, number>()
  for (const { job } of await queue.jobs()) {
    const { data } = JobData.safeParse(job.data)
    if (data?.kind === 'backup' && data.backup !== undefined && data.found !== undefined)
      numbers.set(data.backup, data.found.missingFiles)
  }
  return numbers
}

/**
 * Reads how many files were missing when backups were made, each `.info` once; where it may not be read, or its place is
 * away, what this agent's own jobs have found is told.
 */
export function createMissingFiles(
  places: Places,
  /** Whether a place is known not to answer. */
  isAway: (place: Place) => boolean,
  ofJobs: () => Promise<ReadonlyMap<string, number>>,
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
    const isLacking = backups.some(({ name, lone }) => lone !== true && !known.has(name))
    const found = isLacking ? await within(ofJobs(), PATIENCE_MS).catch(() => undefined) : undefined
    return backups.map(backup => {
      const missingFiles = known.get(backup.name) ?? found?.get(backup.name)
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
