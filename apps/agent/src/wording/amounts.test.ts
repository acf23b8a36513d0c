import { expect, test } from '@jest/globals'
import { formatBytes, formatSeconds, formatTime } from './amounts.ts'

test('sizes are told in the unit that leaves one to four digits', () => {
  expect([0, 1, 1023, 1024, 1536, 10 * 1024, 5 * 1024 ** 3, 3000 * 1024 ** 4].map(formatBytes)).toEqual([
    '0 bytes',
    '1 bytes',
    '1023 bytes',
    '1.0 KiB',
    '1.5 KiB',
    '10 KiB',
    '5.0 GiB',
    '3000 TiB',
  ])
})

test('times are told in the units that matter', () => {
  expect([0, 59.4, 125, 3725].map(formatSeconds)).toEqual(['0 s', '59 s', '2 min 5 s', '1 h 2 min'])
  expect(formatTime('2026-01-31T04:00:00.000Z')).toBe('2026-01-31 04:00:00 UTC')
})
