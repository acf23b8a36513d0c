import { expect, test } from '@jest/globals'
import { lastDays } from './days.ts'

test.each([
  // Clocks go forward on 29 March, so that the day has 23 hours, and back on 25 October.
  ['2026-03-29T22:30:00Z', 'Europe/Berlin', ['2026-03-28', '2026-03-29', '2026-03-30']],
  ['2026-10-25T22:59:00Z', 'Europe/Berlin', ['2026-10-23', '2026-10-24', '2026-10-25']],
  ['2026-03-09T15:00:00Z', 'Asia/Tokyo', ['2026-03-08', '2026-03-09', '2026-03-10']],
  ['2026-03-01T00:00:00Z', 'America/Los_Angeles', ['2026-02-26', '2026-02-27', '2026-02-28']],
  ['2026-03-01T00:00:00Z', 'Mars/Olympus', ['2026-02-27', '2026-02-28', '2026-03-01']],
])('up to %s in %s each day is there once', (now, timeZone, days) => {
  expect(lastDays(new Date(now), 3, timeZone)).toEqual(days)
})
