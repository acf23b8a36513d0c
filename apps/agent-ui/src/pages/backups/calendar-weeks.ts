const DAY_MS = 86_400_000
const WEEKS = 53

/** The day of a moment where the reader is, as `YYYY-MM-DD`. */
export function dayHere(moment: Date): string {
  const two = (number: number) => String(number).padStart(2, '0')
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`
}

/** When a day begins and when it ends where the reader is. */
export function boundsOf(day: string): { readonly from: string; readonly to: string } {
  const at = (time: string) => new Date(`${day}T${time}`).toISOString()
  return { from: at('00:00:00.000'), to: at('23:59:59.999') }
}

/** The 53 weeks (Monday first) that end with the one of `today`, as `YYYY-MM-DD`. */
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
