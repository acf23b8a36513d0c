import { expect, test } from '@jest/globals'
import { withWholeDates } from './time.ts'

const whole = (date: string) => `<span class="whole">${date}</span>`

test.each([
  ['from 2026-10-28 to 2026-11-27.', `from ${whole('2026-10-28')} to ${whole('2026-11-27')}.`],
  ['at 2026-11-27 18:20 UTC <b>', `at ${whole('2026-11-27 18:20 UTC')} &lt;b&gt;`],
  ['until: 2026-11-29T00:00:00.000Z', `until: ${whole('2026-11-29T00:00:00.000Z')}`],
  ['shop.2026-11-27_04-00-00.zip', 'shop.2026-11-27_04-00-00.zip'],
  ['no date', 'no date'],
])('no line ends within a date of "%s"', (sentence, expected) => {
  expect(String(withWholeDates(sentence))).toBe(expected)
})
