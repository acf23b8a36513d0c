import { expect, test } from '@jest/globals'
import { NoticesChange } from '@odoo-backup/protocol'
import { noAddressesIn, noticeChangeOf, noticeDraftOf } from './notice-draft.ts'

const base = {
  mailTo: ['a@example.com'],
  smtpHost: 'mail.example.com',
  smtpPort: 587,
  smtpUser: 'robot',
  webhook: 'https://hooks.example.com',
  allowPrivateAddresses: false,
}
const draft = noticeDraftOf(base)

test('what was not changed is not sent, secrets that were not typed least of all', () => {
  expect(noticeChangeOf(base, draft)).toEqual({})
  expect(noticeChangeOf(base, { ...draft, mailTo: 'a@example.com; b@example.com' })).toEqual({
    mailTo: ['a@example.com', 'b@example.com'],
  })
})

test('emptied fields are removed, a log-in with its password', () => {
  const emptied = { ...draft, smtpUser: '', smtpPort: '', webhook: { text: '', removed: true } }
  const change = noticeChangeOf(base, emptied)
  expect(change).toEqual({ smtpUser: null, smtpPassword: null, smtpPort: null, webhook: null })
  expect(NoticesChange.parse(change)).toEqual(change)
})

test('of several addresses those are named that are none, as they were sent', () => {
  const fields = [
    { path: 'notices.mailTo.1', code: 'email' as const },
    { path: 'notices.mailTo.2', code: 'too_long' as const },
    { path: 'notices.mailFrom', code: 'email' as const },
    { path: 'notices.mailTo.9', code: 'email' as const },
  ]
  expect(noAddressesIn({ fields }, ['admin@example.com', 'nobody', 'long'])).toEqual(['nobody'])
  expect(noAddressesIn(undefined, ['nobody'])).toEqual([])
})
