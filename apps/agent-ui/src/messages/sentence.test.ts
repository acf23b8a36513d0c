import { expect, test } from '@jest/globals'
import { beginningOf } from './sentence.ts'

test('the beginning of a text ends with a whole word, also where the limit ends one', () => {
  expect(beginningOf('once for each database', 18)).toBe('once for each')
  expect(beginningOf('once for each database', 13)).toBe('once for each')
  expect(beginningOf('once for each database', 14)).toBe('once for each')
})

test('what has no words is cut where there is no more room', () => {
  expect(beginningOf(`one ${'x'.repeat(200)}`, 100)).toHaveLength(100)
})
