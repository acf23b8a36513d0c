import { expect, test } from '@jest/globals'
import { OdooError } from '../errors.ts'
import { parseOdooConf } from './odoo-conf.ts'

const parse = (text: string) => Object.fromEntries(parseOdooConf(text))

test('options are read by the rules of RawConfigParser', () => {
  expect(
    parse(
      [
        '; a comment',
        '[options]',
        '# another',
        'DB_Host = localhost ; not a comment',
        'db_user: odoo',
        'admin_passwd = 100%(x)s = yes',
        'empty =',
        '[queue_job]',
        'channels = root:2',
      ].join('\n'),
    ),
  ).toEqual({
    db_host: 'localhost ; not a comment',
    db_user: 'odoo',
    admin_passwd: '100%(x)s = yes',
    empty: '',
  })
})

test('an indented line continues the value, across comments and empty lines', () => {
  expect(parse('[options]\naddons_path = /a,\n    /b,\n# no\n\n  /c\n\n\nworkers = 2\n')).toEqual({
    addons_path: '/a,\n/b,\n\n/c',
    workers: '2',
  })
})

test('a byte order mark and Windows line ends do not matter', () => {
  expect(parse('\uFEFF[options]\r\ndb_user = odoo\r\ndb_port = 5433\r\n')).toEqual({
    db_user: 'odoo',
    db_port: '5433',
  })
})

test('a file without [options] sets nothing', () => {
  expect(parse('[other]\ndb_user = odoo\n')).toEqual({})
  expect(parse('')).toEqual({})
})

test('values of [DEFAULT] are inherited', () => {
  expect(parse('[DEFAULT]\ndb_user = a\ndb_port = 1\n[options]\ndb_user = b\n')).toEqual({
    db_user: 'b',
    db_port: '1',
  })
})

test.each([
  ['an option given twice', '[options]\ndb_user = a\nDB_USER = b\n', /line 3: .*db_user stands twice/],
  ['a section given twice', '[options]\n[options]\n', /line 2: .*\[options\] stands twice/],
  ['an option before any section', 'db_user = a\n', /line 1: .*first line should be \[options\]/],
  ['a line that is nothing', '[options]\nhello\n', /line 2: neither/],
])('%s is refused with the number of the line', (_what, text, message) => {
  expect(() => parseOdooConf(text)).toThrow(OdooError)
  expect(() => parseOdooConf(text)).toThrow(message)
})
