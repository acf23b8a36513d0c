import { expect, test } from '@jest/globals'
import { calendarWeeks } from './calendar-weeks.ts'

test.each(['2026-01-01', '2024-02-29', '2026-03-09', '2026-03-15'])(
  'the year up to %s holds each day once',
  today => {
    const weeks = calendarWeeks(today)
    const days = weeks.flat()
    expect(weeks.at(-1)).toContain(today)
    expect(new Set(days).size).toBe(53 * 7)
    expect(days).toEqual([...days].sort())
    for (const week of weeks) expect(new Date(week[0] ?? '').getUTCDay()).toBe(1)
    const yearAgo = new Date(Date.parse(today) - 364 * 86_400_000).toISOString().slice(0, 10)
    expect(days).toContain(yearAgo)
  },
)
