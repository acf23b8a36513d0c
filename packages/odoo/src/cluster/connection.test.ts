import { expect, test } from '@jest/globals'
import { connectionTarget, tlsAttempts } from './connection.ts'

test('options of odoo.conf win over PG variables, and those over the system user', () => {
  expect(connectionTarget({}, {}, 'odoo')).toMatchObject({ port: 5432, user: 'odoo' })
  expect(
    connectionTarget({}, { PGHOST: 'db', PGPORT: '5433', PGUSER: 'u', PGPASSWORD: 'p' }, 'odoo'),
  ).toEqual({ host: 'db', port: 5433, user: 'u', password: 'p' })
  expect(
    connectionTarget(
      { dbHost: 'other', dbPort: 5434, dbUser: 'v', dbPassword: 'q' },
      { PGHOST: 'db', PGPORT: '5433', PGUSER: 'u', PGPASSWORD: 'p' },
      'odoo',
    ),
  ).toEqual({ host: 'other', port: 5434, user: 'v', password: 'q' })
})

test('sslmode means what it means to libpq', () => {
  const ways = (mode: Parameters<typeof tlsAttempts>[1], host = 'db') =>
    tlsAttempts(host, mode, { HOME: '/nowhere' }).map(({ ssl }) =>
      ssl === false
        ? 'plain'
        : typeof ssl === 'object' && ssl.rejectUnauthorized === false
          ? 'unverified'
          : 'verified',
    )
  expect(ways('disable')).toEqual(['plain'])
  expect(ways('allow')).toEqual(['plain', 'unverified'])
  expect(ways('prefer')).toEqual(['unverified', 'plain'])
  expect(ways('require')).toEqual(['unverified'])
  expect(ways('verify-ca')).toEqual(['verified'])
  expect(ways('verify-full')).toEqual(['verified'])
  expect(ways('verify-full', '/var/run/postgresql')).toEqual(['plain'])
})
