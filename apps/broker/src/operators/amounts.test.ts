import { expect, test } from '@jest/globals'
import { creditsText, gigabytesText } from './amounts.ts'
import { de } from './messages/de.ts'
import { en } from './messages/en.ts'

test('credits and gigabytes have the point or the comma of the language: "30.001" is thirty thousand to a German', () => {
  expect([creditsText(en, 30.001), creditsText(de, 30.001), creditsText(de, -2)]).toEqual([
    '30.001',
    '30,001',
    '-2',
  ])
  expect([gigabytesText(en, 1_234_000_000), gigabytesText(de, 1_234_000_000)]).toEqual(['1.23', '1,23'])
})
