import { expect, test } from '@jest/globals'
import { isStorable, storableJson } from './storable-text.ts'

test('NUL and halves of surrogate pairs are taken out of values and names; everything else stays', () => {
  const value = {
    'na\u0000me': ['a\u0000b', 'half \ud83d', 'whole \u{1f600}', 'written \\u0000'],
    at: new Date('2026-01-01T00:00Z'),
    none: null,
    count: 1,
  }
  expect(JSON.parse(storableJson(value))).toEqual({
    name: ['ab', 'half \ufffd', 'whole \u{1f600}', 'written \\u0000'],
    at: '2026-01-01T00:00:00.000Z',
    none: null,
    count: 1,
  })
})

test.each([
  ['plain', true],
  ['\u{1f600}', true],
  ['a\u0000', false],
  ['\udc00', false],
])('whether %j can be stored: %s', (text, expected) => {
  expect(isStorable(text)).toBe(expected)
})
