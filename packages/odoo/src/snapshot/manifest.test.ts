import { expect, test } from '@jest/globals'
import { manifestPostgresVersion } from './manifest.ts'
import { odooVersion } from './odoo-version.ts'

test.each([
  ['16.0.1.3', '16.0', [16, 0, 0, 'final', 0, '']],
  ['12.0.1.3', '12.0', [12, 0, 0, 'final', 0, '']],
  ['saas~17.2.1.3', 'saas~17.2', ['saas~17', 2, 0, 'final', 0, '']],
])('module base %s is Odoo %s', (latest, version, versionInfo) => {
  expect(odooVersion(latest)).toEqual({ version, versionInfo })
})

test.each([null, undefined, '', 'unknown'])('a module base of version %p is no installed Odoo', latest => {
  expect(odooVersion(latest)).toBeUndefined()
})

test.each([
  [90_624, '9.6'],
  [100_023, '10.0'],
  [150_018, '15.0'],
  [170_006, '17.0'],
])('server version %i is written %s', (version, written) => {
  expect(manifestPostgresVersion(version)).toBe(written)
})
