import { expect, test } from '@jest/globals'
import { mailAddress, sentence, webAddress } from './line-ends.ts'

const whole = (date: string) => `<span class="whole">${date}</span>`

test.each([
  ['from 2026-10-28 to 2026-11-27.', `from ${whole('2026-10-28')} to ${whole('2026-11-27')}.`],
  ['at 2026-11-27 18:20 UTC <b>', `at ${whole('2026-11-27 18:20 UTC')} &lt;b&gt;`],
  ['until: 2026-11-29T00:00:00.000Z', `until: ${whole('2026-11-29T00:00:00.000Z')}`],
  ['shop.2026-11-27_04-00-00.zip', 'shop.2026-11-27_04-00-00.zip'],
  ['no date', 'no date'],
])('no line ends within a date of "%s"', (text, expected) => {
  expect(String(sentence(text))).toBe(expected)
})

test.each([
  ['https://erp.example', 'https://erp.<wbr>example'],
  ['https://erp.a-b.example:80', 'https://erp.<wbr><span class="part">a-b.</span><wbr>example:<wbr>80'],
  ['https://a-b.example', '<span class="part">https://a-b.</span><wbr>example'],
  ['http://127.0.0.1:8069/web', 'http://127.<wbr>0.<wbr>0.<wbr>1:<wbr>8069/<wbr>web'],
  ['https://a..b/', 'https://a..<wbr>b/'],
  ['http://[::1]:80', 'http://[::<wbr>1]:<wbr>80'],
  ['<b>.example', '&lt;b&gt;.<wbr>example'],
])('a line may end between the parts of %s', (address, expected) => {
  expect(String(webAddress(address))).toBe(expected)
})

test('a sentence ends its lines between the parts of a web address, and not those of a number', () => {
  expect(String(sentence('Approved: https://erp.example (for 1.5 h).'))).toBe(
    'Approved: https://erp.<wbr>example (for 1.5 h).',
  )
})

test.each([
  [
    'a.keller@mueller-bau.de',
    '<span class="part">a.<wbr>keller@</span><wbr><span class="part">mueller-bau.<wbr>de</span>',
  ],
  ['Anna-Lena <b> O.', 'Anna-Lena &lt;b&gt; O.'],
  ['Bau @ Berg', 'Bau @<wbr> Berg'],
])(
  'a line ends behind the @ of an e-mail address, and within a name where words end: %s',
  (text, expected) => {
    expect(String(mailAddress(text))).toBe(expected)
  },
)
