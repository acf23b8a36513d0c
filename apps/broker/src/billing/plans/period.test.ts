import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { monthsAfter, periodAt, periodOf } from './period.ts'

const at = (text: string) => new Date(`${text}Z`)

test('months are counted from the anchor and clamped, so that the 31st comes back', () => {
  const anchor = at('2026-01-31T10:30')
  expect([1, 2, 3, 13, 25].map(months => monthsAfter(anchor, months).toISOString().slice(0, 16))).toEqual([
    '2026-02-28T10:30',
    '2026-03-31T10:30',
    '2026-04-30T10:30',
    '2027-02-28T10:30',
    '2028-02-29T10:30',
  ])
})

test('a leap day comes back in leap years', () => {
  expect(monthsAfter(at('2024-02-29T00:00'), 12)).toEqual(at('2025-02-28T00:00'))
  expect(monthsAfter(at('2024-02-29T00:00'), 48)).toEqual(at('2028-02-29T00:00'))
})

test('there is no period before the anchor, and a period begins to the millisecond', () => {
  const anchor = at('2026-01-31T10:30')
  expect(periodAt(anchor, new Date(anchor.getTime() - 1))).toBeUndefined()
  expect(periodAt(anchor, anchor)?.number).toBe(0)
  expect(periodAt(anchor, at('2026-02-28T10:29:59.999'))?.number).toBe(0)
  expect(periodAt(anchor, at('2026-02-28T10:30'))?.number).toBe(1)
})

const dates = fc.date({ min: at('2000-01-01T00:00'), max: at('2060-01-01T00:00'), noInvalidDate: true })

test('each moment after the anchor lies in exactly one period, and periods join', () => {
  fc.assert(
    fc.property(dates, dates, (one, other) => {
      const [anchor, now] = one < other ? [one, other] : [other, one]
      const period = periodAt(anchor, now)
      expect(period).toBeDefined()
      if (period === undefined) return
      expect(period.opensAt <= now && now < period.closesAt).toBe(true)
      expect(periodOf(anchor, period.number + 1).opensAt).toEqual(period.closesAt)
    }),
  )
})
