import { expect, test } from '@jest/globals'
import { REST_MS, restMs } from './rest.ts'

test('a fresh answer rests for what is left of its time, and never longer than that', () => {
  expect([0, 1_000, REST_MS, 60_000].map(passed => restMs(7_000, 7_000 + passed))).toEqual([
    REST_MS,
    REST_MS - 1_000,
    0,
    0,
  ])
  expect(restMs(90_000, 0)).toBe(REST_MS)
})
