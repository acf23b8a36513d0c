import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { amountOf, formatCredits, LARGEST_AMOUNT, thousandths } from './credits.ts'

test.each([
  [0, 0],
  [9.5, 9500],
  [0.001, 1],
  [-3, -3000],
  [0.1 + 0.2, 300],
  [1e9, LARGEST_AMOUNT],
])('%d credits are %d thousandths', (credits, amount) => {
  expect(thousandths(credits)).toBe(amount)
})

test.each([Number.NaN, Number.POSITIVE_INFINITY, 0.0001, 1.2345, 1e9 + 1, 1e300, -1e10])(
  '%d is no amount of credits',
  credits => expect(thousandths(credits)).toBeUndefined(),
)

test.each([
  [0, '0'],
  [9500, '9.5'],
  [-125, '-0.125'],
  [10_000, '10'],
  [-1001, '-1.001'],
])('%d thousandths are written %s', (amount, text) => {
  expect(formatCredits(amount)).toBe(text)
})

test('what is written is read back', () => {
  fc.assert(
    fc.property(fc.integer({ min: -LARGEST_AMOUNT, max: LARGEST_AMOUNT }), amount => {
      expect(thousandths(Number(formatCredits(amount)))).toBe(amount)
    }),
  )
})

test('an amount in the database that no number holds is not rounded', () => {
  expect(amountOf('-12')).toBe(-12)
  expect(() => amountOf('9007199254740993')).toThrow(RangeError)
})
