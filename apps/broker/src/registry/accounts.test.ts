import { expect, test } from '@jest/globals'
import { folderOf } from './accounts.ts'
import { maskEmail } from './masked-email.ts'

test('the folder of an account of odoo.com is its user id, which existing backups have', () => {
  expect(folderOf({ provider: 'odoo', subject: '42' })).toBe('42')
})

test.each(['', '42/..', '4 2', '-1', 'admin', '1'.repeat(21), '４２'])(
  'the odoo.com user id %j is refused',
  subject => {
    expect(() => folderOf({ provider: 'odoo', subject })).toThrow()
  },
)

test('the folder of any other provider is an id of ours, whatever its subject', () => {
  const folder = folderOf({ provider: 'north', subject: '../42' }, bytes => Buffer.alloc(bytes, 0xab))
  expect(folder).toBe('u-abababababababababab')
})

test.each([
  ['anna@example.com', 'a••••@example.com'],
  ['ü@example.com', 'ü••••@example.com'],
  ['"odd@part"@example.com', '"••••@example.com'],
  ['no address', '••••'],
  ['@example.com', '••••'],
])('%j is shown as %j', (email, masked) => {
  expect(maskEmail(email)).toBe(masked)
})
