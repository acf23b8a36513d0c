import type { BackupView, UsagePoint } from '@odoo-backup/protocol'

const DAY_MS = 86_400_000

/** The last `days` days up to today (UTC), as `YYYY-MM-DD`, oldest first. */
export function lastDays(now: Date, days: number): string[] {
  return Array.from({ length: days }, (_, index) =>
    new Date(now.getTime() - (days - 1 - index) * DAY_MS).toISOString().slice(0, 10),
  )
}

/**
 * How much was stored at the end of each of the last `days` days, told by the backups that still exist: what was
 * deleted since then does not count. Linear in the number of backups.
 */
export function storageUsage(backups: readonly BackupView[], now: Date, days: number): UsagePoint[] {
  const window = lastDays(now, days)
  const first = window[0] ?? ''
  const added = new Map<string, Map<string, number>>()
  for (const backup of backups) {
    const day = backup.takenAt.slice(0, 10)
    const isEarlier = day < first
    const counted = isEarlier ? first : day
    const ofDay = added.get(counted) ?? new Map<string, number>()
    ofDay.set(backup.database, (ofDay.get(backup.database) ?? 0) + backup.sizeBytes)
    added.set(counted, ofDay)
  }
  const running = new Map<string, number>()
  return window.map(day => {
    for (const [database, bytes] of added.get(day) ?? [])
      running.set(database, (running.get(database) ?? 0) + bytes)
    const sizeBytes = [...running.values()].reduce((sum, bytes) => sum + bytes, 0)
    return { day, sizeBytes, databases: Object.fromEntries(running) }
  })
}
