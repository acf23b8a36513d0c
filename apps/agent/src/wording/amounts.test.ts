import { expect, test } from '@jest/globals'
import { formatBytes, formatMinute, formatSeconds, formatTime } from './amounts.ts'

test('sizes are told in the unit that leaves one to four digits', () => {
  expect([0, 1, 999, 1000, 1500, 10_000, 5e9, 3000e12].map(formatBytes)).toEqual([
    '0 bytes',
    '1 bytes',
    '999 bytes',
    '1.0 kB',
    '1.5 kB',
    '10 kB',
    '5.0 GB',
    '3000 TB',
  ])
})

test('times are told in the units that matter', () => {
  expect([0, 59.4, 125, 3725].map(formatSeconds)).toEqual(['0 s', '59 s', '2 min 5 s', '1 h 2 min'])
  expect(formatTime('2026-01-31T04:00:00.000Z')).toBe('2026-01-31 04:00:00 UTC')
  expect(formatMinute('2026-01-31T04:00:59.000Z')).toBe('2026-01-31 04:00 UTC')
})
