import type { BackupView, CalendarDay } from '@odoo-backup/protocol'
import { daysIn, lastDays } from './days.ts'

/**
 * The days of the last `days` days on which backups were made, oldest first, as they are in a time zone. Linear in the
 * number of backups.
 */
export function calendarOf(
  backups: readonly BackupView[],
  now: Date,
  { days, timeZone }: { readonly days: number; readonly timeZone: string },
): CalendarDay[] {
  const dayOf = daysIn(timeZone)
  const first = lastDays(now, days, timeZone)[0] ?? ''
  const found = new Map<string, CalendarDay>()
  for (const { takenAt, sizeBytes, verification } of backups) {
    const day = dayOf(new Date(takenAt))
    if (day < first) continue
    const before = found.get(day) ?? { day, backups: 0, sizeBytes: 0, verified: 0, failed: 0 }
    found.set(day, {
      day,
      backups: before.backups + 1,
      sizeBytes: before.sizeBytes + sizeBytes,
      verified: before.verified + (verification?.passed === true ? 1 : 0),
      failed: before.failed + (verification?.passed === false ? 1 : 0),
    })
  }
  return [...found.values()].sort((one, other) => (one.day < other.day ? -1 : 1))
}
