import { expect, test } from '@jest/globals'
import { readRedirect, withCode } from './redirect-address.ts'

test('a page of an Odoo is taken apart into address, origin and code', () => {
  expect(
    readRedirect('https://odoo.example.com:8443/web/database/backups?a=1&odoo_backup_code=xyz#top'),
  ).toEqual({
    href: 'https://odoo.example.com:8443/web/database/backups?a=1',
    origin: 'https://odoo.example.com:8443',
    code: 'xyz',
  })
  expect(readRedirect('http://10.0.0.5:8069')?.origin).toBe('http://10.0.0.5:8069')
})

test.each([
  '/web/database/backups',
  '//evil.example',
  'https:evil.example',
  'https:/evil.example',
  'https:///evil.example',
  'https:\\\\evil.example',
  'https://odoo.example.com\\@evil.example',
  'https://odoo.example.com@evil.example/',
  'https://user:password@odoo.example.com/',
  'https://@odoo.example.com/',
  'javascript:alert(1)',
  'data:text/html,x',
  'ftp://odoo.example.com/',
  'https://odoo.example.com/\r\nSet-Cookie: a=b',
  'https://odoo.example.com/\t/x',
  ' https://odoo.example.com/',
  'https://',
  'https://?x',
  'https://odoo.example.com:99999/',
  `https://odoo.example.com/${'a'.repeat(3000)}`,
  '',
])('%j is not led back to', text => {
  expect(readRedirect(text)).toBeUndefined()
})

test('the code goes into the query and leaves the rest as it was', () => {
  expect(withCode('https://odoo.example.com/backups?a=1', 'c0de')).toBe(
    'https://odoo.example.com/backups?a=1&odoo_backup_code=c0de',
  )
})
