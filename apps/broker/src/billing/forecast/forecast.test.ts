import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type ForecastRequest, forecast, medianGrowth } from './forecast.ts'

const GB = 1e9
const day = (number: number) => new Date(Date.UTC(2026, 0, 1 + number))
const samples = (count: number, bytes: (index: number) => number) =>
  Array.from({ length: count }, (_, index) => ({ day: day(index), bytes: bytes(index) }))

const request: ForecastRequest = {
  now: day(20),
  balance: 25_000,
  anchorAt: day(0),
  periodNumber: 0,
  prices: { baseCredits: 10_000, includedGb: 10, furtherGbCredits: 1000 },
  samples: samples(20, () => 5 * GB),
}

test('at a constant rate the credit runs out with the month that it does not cover', () => {
  expect(forecast(request)).toEqual({ kind: 'runs_out', at: new Date('2026-04-01T00:00Z') })
  expect(forecast({ ...request, balance: 9_999 })).toEqual({
    kind: 'runs_out',
    at: new Date('2026-02-01T00:00Z'),
  })
})

test('credit for more than a year does not run out', () => {
  expect(forecast({ ...request, balance: 10_000 * 12 })).toEqual({ kind: 'none' })
})

test('growth is counted: what is stored later costs more', () => {
  const growing = forecast({ ...request, balance: 35_000, samples: samples(20, index => index * GB) })
  const steady = forecast({ ...request, balance: 35_000, samples: samples(20, () => 10 * GB) })
  expect([growing.kind, steady.kind]).toEqual(['runs_out', 'runs_out'])
  if (growing.kind === 'runs_out' && steady.kind === 'runs_out') expect(growing.at < steady.at).toBe(true)
})

test('less than a week of samples says nothing', () => {
  expect(forecast({ ...request, samples: samples(6, () => GB) })).toEqual({ kind: 'unknown' })
  expect(forecast({ ...request, samples: [] })).toEqual({ kind: 'unknown' })
  expect(forecast({ ...request, samples: samples(7, () => GB) }).kind).toBe('runs_out')
})

test('gaps and a single sample that is far off do not move the rate', () => {
  const steady = samples(30, index => index * GB)
  const gaps = steady.filter((_, index) => index % 3 !== 1)
  const outlier = steady.map((sample, index) => (index === 15 ? { ...sample, bytes: 900 * GB } : sample))
  expect(medianGrowth(steady)).toBeCloseTo(GB)
  expect(medianGrowth(gaps)).toBeCloseTo(GB)
  expect(medianGrowth(outlier) / GB).toBeCloseTo(1, 1)
})

test('more credit never runs out sooner', () => {
  const amount = fc.integer({ min: 0, max: 200_000 })
  fc.assert(
    fc.property(
      amount,
      amount,
      fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 7, maxLength: 30 }),
      (one, more, sizes) => {
        const history = sizes.map((size, index) => ({ day: day(index), bytes: size * GB }))
        const poor = forecast({ ...request, balance: one, samples: history })
        const rich = forecast({ ...request, balance: one + more, samples: history })
        if (poor.kind === 'none') expect(rich.kind).toBe('none')
        if (poor.kind === 'runs_out' && rich.kind === 'runs_out') expect(rich.at >= poor.at).toBe(true)
      },
    ),
    { numRuns: 50 },
  )
})
