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
  opened: { number: 0, includedGb: 10, furtherGbCredits: 1000 },
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
  expect(forecast({ ...request, now: day(7), samples: samples(7, () => GB) }).kind).toBe('runs_out')
})

test('samples that ended more than a week ago say nothing', () => {
  const ended = { ...request, samples: samples(20, index => index * GB) }
  expect(forecast({ ...ended, now: day(26) }).kind).toBe('runs_out')
  expect(forecast({ ...ended, now: day(28) })).toEqual({ kind: 'unknown' })
})

test('in a trial the first month is the first to be paid, with nothing for what was stored before', () => {
  const inTrial = { ...request, anchorAt: day(31), opened: undefined, samples: samples(20, () => 15 * GB) }
  expect(forecast({ ...inTrial, balance: 9_999 })).toEqual({
    kind: 'runs_out',
    at: new Date('2026-02-01T00:00Z'),
  })
  // The base fee of the second month is due with the storage of the first: 5 GB beyond what is included.
  expect(forecast({ ...inTrial, balance: 24_999 })).toEqual({
    kind: 'runs_out',
    at: new Date('2026-03-01T00:00Z'),
  })
  expect(forecast({ ...inTrial, balance: 25_000 })).toEqual({
    kind: 'runs_out',
    at: new Date('2026-04-01T00:00Z'),
  })
})

test('the open month has the prices that it was opened with, those that follow the prices of now', () => {
  const opened = { number: 0, includedGb: 0, furtherGbCredits: 100 }
  const priced = { ...request, opened, samples: samples(20, () => 10 * GB), balance: 11_000 }
  expect(forecast(priced)).toEqual({ kind: 'runs_out', at: new Date('2026-03-01T00:00Z') })
  expect(forecast({ ...priced, balance: 10_999 })).toEqual({
    kind: 'runs_out',
    at: new Date('2026-02-01T00:00Z'),
  })
})

test('a month that runs and was not opened yet is paid at once', () => {
  const later = { ...request, anchorAt: day(-80), opened: { ...request.prices, number: 0 } }
  expect(forecast({ ...later, balance: 9_999 })).toEqual({ kind: 'runs_out', at: day(20) })
  expect(forecast({ ...later, balance: 10_000 })).toEqual({
    kind: 'runs_out',
    at: new Date('2026-02-13T00:00Z'),
  })
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
      fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 14, maxLength: 30 }),
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
