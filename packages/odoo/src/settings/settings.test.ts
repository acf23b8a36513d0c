import { expect, test } from '@jest/globals'
import { parseOdooConf } from './odoo-conf.ts'
import { defaultDataDir, filestorePath } from './paths.ts'
import { odooSettings } from './settings.ts'

const settings = (lines: string, environment = {}) =>
  odooSettings(parseOdooConf(`[options]\n${lines}`), environment)

test("an empty file gives Odoo's defaults", () => {
  expect(settings('')).toEqual({
    masterPassword: 'admin',
    listDb: true,
    unaccent: false,
    httpPort: 8069,
    proxyMode: false,
    workers: 0,
    addonsPaths: [],
  })
})

test('False, None and nothing mean unset', () => {
  const read = settings('db_host = False\ndb_port = False\ndb_user = None\ndb_password =\ndata_dir = False')
  expect(Object.keys(read)).not.toEqual(expect.arrayContaining(['dbHost']))
  expect(read.dbPort).toBeUndefined()
  expect(read.dbUser).toBeUndefined()
  expect(read.dbPassword).toBeUndefined()
  expect(read.dataDir).toBeUndefined()
})

test('a master password that is set to nothing is none, and not the default', () => {
  expect(settings('admin_passwd =').masterPassword).toBeUndefined()
  expect(settings('admin_passwd = False').masterPassword).toBeUndefined()
})

test('values are typed', () => {
  expect(
    settings(
      'db_port = 5433\ndb_name = b, a ,\ndb_sslmode = verify-full\nlist_db = False\nproxy_mode = True\n' +
        'xmlrpc_port = 8070\naddons_path = /x, ~/y\nunaccent = True\nworkers = 4\ndata_dir = $BASE/odoo',
      { HOME: '/home/odoo', BASE: '/srv' },
    ),
  ).toEqual({
    dbPort: 5433,
    dbNames: ['b', 'a'],
    dbSslMode: 'verify-full',
    dataDir: '/srv/odoo',
    masterPassword: 'admin',
    listDb: false,
    unaccent: true,
    httpPort: 8070,
    proxyMode: true,
    workers: 4,
    addonsPaths: ['/x', '/home/odoo/y'],
  })
})

test.each([
  ['db_port = five', /db_port .* whole number/],
  ['db_port = 70000', /db_port .* 65535/],
  ['db_sslmode = yes', /db_sslmode .* one of disable/],
])('%s is refused by name', (line, message) => {
  expect(() => settings(line)).toThrow(message)
})

test('the default data folder is the one that Odoo would use', () => {
  const there = () => true
  expect(defaultDataDir({}, 'linux', '/var/lib/odoo', there)).toBe('/var/lib/odoo/.local/share/Odoo')
  expect(defaultDataDir({ XDG_DATA_HOME: '/x' }, 'linux', '/home/o', there)).toBe('/x/Odoo')
  expect(defaultDataDir({}, 'linux', '/nonexistent', () => false)).toBe('/var/lib/odoo')
  expect(defaultDataDir({}, 'darwin', '/Users/o', there)).toBe('/Users/o/Library/Application Support/Odoo')
})

test.each(['..', '.', '', 'a/b', 'a\\b', 'a\0b'])('the name %j leads to no filestore', name => {
  expect(() => filestorePath({ dataDir: '/d' }, name)).toThrow(/name of a database/)
})
