const DAY_MS = 86_400_000
const WEEKS = 53

/** The 53 weeks (Monday first, UTC) that end with the one of `today`, as `YYYY-MM-DD`. */
export function calendarWeeks(today: string): string[][] {
  const at = Date.parse(today)
  const sinceMonday = (new Date(at).getUTCDay() + 6) % 7
  const firstMonday = at - (sinceMonday + (WEEKS - 1) * 7) * DAY_MS
  return Array.from({ length: WEEKS }, (_week, week) =>
    Array.from({ length: 7 }, (_day, day) =>
      new Date(firstMonday + (week * 7 + day) * DAY_MS).toISOString().slice(0, 10),
    ),
  )
}
