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
    'Für Ihr Sicherungskonto wurde ein Odoo zugelassen: https://erp.example (sichern, alte Sicherungen löschen).',
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
