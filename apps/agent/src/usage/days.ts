const DAY_MS = 86_400_000

/** Tells the day of a moment as `YYYY-MM-DD`, as it is in a time zone; in UTC where the zone is not known here. */
export function daysIn(timeZone: string): (moment: Date) => string {
  if (timeZone === 'UTC') return ofUtc
  const fields = { year: 'numeric', month: '2-digit', day: '2-digit' } as const
  try {
    // The Swedish way to write a day is that of ISO 8601.
    const format = new Intl.DateTimeFormat('sv-SE', { ...fields, timeZone })
    return moment => format.format(moment)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return ofUtc
  }
}

/** The last `days` days up to today, as `YYYY-MM-DD`, oldest first, as they are in a time zone. */
export function lastDays(now: Date, days: number, timeZone = 'UTC'): string[] {
  // Counted by the calendar: where clocks are set, a day is not 24 hours long.
  const today = Date.parse(daysIn(timeZone)(now))
  return Array.from({ length: days }, (_, index) => ofUtc(new Date(today - (days - 1 - index) * DAY_MS)))
}

function ofUtc(moment: Date): string {
  return moment.toISOString().slice(0, 10)
}
