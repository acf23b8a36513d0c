import { expect, test } from '@jest/globals'
import { wordsIn } from '../pages/language.ts'
import { noticeMessage } from './notice-text.ts'

const bound = {
  code: 'instance_bound',
  origin: 'https://erp.example',
  purposes: ['backup', 'rotate'],
  page: 'https://broker.example/account',
} satisfies Parameters<typeof noticeMessage>[0]

test.each([
  [
    'en',
    'An Odoo was approved for your backup account: https://erp.example (make backups, delete old backups).',
    'If it was not you, revoke it at https://broker.example/account',
    'If it was not you, revoke it among your installations.',
  ],
  [
    'de',
    'Einem Odoo wurde der Zugang zu Ihrem Sicherungskonto erlaubt: https://erp.example (sichern, alte Sicherungen löschen).',
    'Wenn Sie das nicht waren, widerrufen Sie es hier: https://broker.example/account',
    'Wenn Sie das nicht waren, widerrufen Sie es unter Ihren Installationen.',
  ],
])(
  'an approval is told with the way to revoke it, and on its page without an address: %s',
  (language, told, elsewhere, here) => {
    const words = wordsIn(language)
    expect(noticeMessage(bound, words)).toBe(`${told} ${elsewhere}`)
    expect(noticeMessage(bound, words, 'account page')).toBe(`${told} ${here}`)
  },
)

test.each([
  [
    'en',
    'A server was approved for your backup account, on its command line (make backups, delete old backups).',
  ],
  [
    'de',
    'Einem Server wurde auf seiner Befehlszeile der Zugang zu Ihrem Sicherungskonto erlaubt (sichern, alte Sicherungen löschen).',
  ],
])('what was approved on a command line is no Odoo: %s', (language, told) => {
  const { origin: _, ...fromServer } = bound
  expect(noticeMessage(fromServer, wordsIn(language))).toContain(told)
})
