import { expect, test } from '@jest/globals'
import { AccountFolder } from '@odoo-backup/protocol'
import { AccountId } from '../registry/ids.ts'
import { isFormToken, isFresh, type Session } from './sessions.ts'

const session: Session = {
  account: {
    id: AccountId.parse('01890a5d-ac96-774b-bcce-b302099a8057'),
    provider: 'odoo',
    subject: '42',
    folder: AccountFolder.parse('42'),
    email: undefined,
    name: undefined,
    suspended: false,
    language: undefined,
  },
  authenticatedAt: new Date('2026-01-31T12:00:00Z'),
  formToken: 'right-token',
}

test('a log-in is young for ten minutes, to the millisecond', () => {
  expect(isFresh(session, new Date('2026-01-31T12:09:59.999Z'))).toBe(true)
  expect(isFresh(session, new Date('2026-01-31T12:10:00.000Z'))).toBe(false)
})

test.each([
  ['right-token', true],
  ['wrong-token', false],
  ['right-token ', false],
  ['', false],
  [undefined, false],
  [['right-token'], false],
])('the form token %j is taken: %j', (given, taken) => {
  expect(isFormToken(session, given)).toBe(taken)
})
