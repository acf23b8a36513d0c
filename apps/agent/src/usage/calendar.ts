import type { BackupView, CalendarDay } from '@odoo-backup/protocol'

const DAY_MS = 86_400_000

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
  const first = dayOf(new Date(now.getTime() - (days - 1) * DAY_MS))
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

/** Tells the day of a moment as `YYYY-MM-DD`; in UTC where the zone is not known here. */
function daysIn(timeZone: string): (moment: Date) => string {
  const fields = { year: 'numeric', month: '2-digit', day: '2-digit' } as const
  try {
    // The Swedish way to write a day is that of ISO 8601.
    const format = new Intl.DateTimeFormat('sv-SE', { ...fields, timeZone })
    return moment => format.format(moment)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return moment => moment.toISOString().slice(0, 10)
  }
}
