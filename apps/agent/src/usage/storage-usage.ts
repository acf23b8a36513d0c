import type { BackupView, UsagePoint } from '@odoo-backup/protocol'
import { daysIn, lastDays } from './days.ts'

/**
 * How much was stored at the end of each of the last `days` days of a time zone, told by the backups that still exist: what was
 * deleted since then does not count. Linear in the number of backups.
 */
export function storageUsage(
  backups: readonly BackupView[],
  now: Date,
  days: number,
  timeZone = 'UTC',
): UsagePoint[] {
  const dayOf = daysIn(timeZone)
  const window = lastDays(now, days, timeZone)
  const first = window[0] ?? ''
  const added = new Map<string, Map<string, number>>()
  for (const backup of backups) {
    const day = dayOf(new Date(backup.takenAt))
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
