import { expect, test } from '@jest/globals'
import { meanBytes, storagePrice } from './storage-price.ts'

const GB = 1e9
const period = { number: 0, opensAt: new Date('2026-04-01T00:00Z'), closesAt: new Date('2026-05-01T00:00Z') }
const sample = (day: string, gigabytes: number) => ({ day: new Date(`${day}T00:00Z`), bytes: gigabytes * GB })

test('the mean is over all days of the period', () => {
  expect(meanBytes([], period)).toBe(0)
  expect(meanBytes([sample('2026-04-01', 30), sample('2026-04-02', 0)], period)).toBe(1 * GB)
})

test('a gap carries forward, also from before the period, and what follows the period does not count', () => {
  expect(meanBytes([sample('2026-03-01', 5)], period)).toBe(5 * GB)
  expect(
    meanBytes([sample('2026-03-01', 5), sample('2026-04-16', 15), sample('2026-05-01', 999)], period),
  ).toBe(10 * GB)
})

test('days before the first sample count nothing', () => {
  expect(meanBytes([sample('2026-04-30', 30)], period)).toBe(1 * GB)
})

const prices = { includedGb: 10, furtherGbCredits: 250 }

test.each([
  [0, 0, 0],
  [10 * GB, 10, 0],
  [10 * GB + 1, 11, 250],
  [11 * GB, 11, 250],
  [12.5 * GB, 13, 750],
])('%d bytes are %d gigabytes and cost %d thousandths', (bytes, gigabytes, amount) => {
  expect(storagePrice(bytes, prices)).toMatchObject({ gigabytes, amount })
})
