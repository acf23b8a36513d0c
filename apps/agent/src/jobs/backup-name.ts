import { formatArchiveName, formatInfoName, parseBackupName } from '@odoo-backup/backup-format'
import type { Destination } from '../credentials/destination.ts'

export interface BackupNames {
  readonly takenAt: Date
  readonly archive: string
  readonly info: string
}

/** Names that nothing in the folder has: the present second, or the next one that is free. */
export async function freeNames(
  { storage, prefix }: Destination,
  wanted: { database: string; format: 'zip' | 'dump'; encrypted: boolean },
  now: Date,
): Promise<BackupNames> {
  const taken = new Set<number>()
  for await (const { key } of storage.list(`${prefix}${wanted.database}.`)) {
    const name = parseBackupName(key.slice(prefix.length))
    if (name?.database === wanted.database) taken.add(name.takenAt.getTime())
  }
  let at = Math.floor(now.getTime() / 1000) * 1000
  while (taken.has(at)) at += 1000
  const takenAt = new Date(at)
  return {
    takenAt,
    archive: formatArchiveName({ ...wanted, takenAt }),
    info: formatInfoName({ database: wanted.database, takenAt }),
  }
}
