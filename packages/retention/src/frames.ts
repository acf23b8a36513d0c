/** The calendar frames of rotation, from the shortest to the longest. */
export const FRAMES = ['hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const
export type Frame = (typeof FRAMES)[number]

const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000
/** 1 January 1970 was a Thursday: three days after a Monday. */
const DAYS_SINCE_MONDAY = 3

/**
 * When the frame that holds `time` began, in UTC; weeks begin on Monday.
 * @param time milliseconds since 1970
 */
export function frameStart(frame: Frame, time: number): number {
  const day = Math.floor(time / DAY_MS)
  switch (frame) {
    case 'hourly':
      return Math.floor(time / HOUR_MS) * HOUR_MS
    case 'daily':
      return day * DAY_MS
    case 'weekly':
      return (Math.floor((day + DAYS_SINCE_MONDAY) / 7) * 7 - DAYS_SINCE_MONDAY) * DAY_MS
    case 'monthly':
      return firstOf(time, new Date(time).getUTCMonth())
    case 'yearly':
      return firstOf(time, 0)
  }
}

/** `Date.UTC` would take the years 0 to 99 for those of the last century. */
function firstOf(time: number, month: number): number {
  const first = new Date(time)
  first.setUTCMonth(month, 1)
  return first.setUTCHours(0, 0, 0, 0)
}
