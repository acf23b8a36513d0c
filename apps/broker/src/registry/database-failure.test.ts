import { expect, test } from '@jest/globals'
import { registryOutOfReach } from './database-failure.ts'

const coded = (code: string, message: string) => Object.assign(new Error(message), { code })

test('a server that cannot be reached and one that refuses are told apart, each with what to check', () => {
  expect(registryOutOfReach(coded('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:1'))).toBe(
    'PostgreSQL, which holds the registry, cannot be reached (connect ECONNREFUSED 127.0.0.1:1). Check that it runs, and host and port in BROKER_DATABASE_URL.',
  )
  expect(registryOutOfReach(coded('28P01', 'password authentication failed for user "x"'))).toContain(
    'Check user, password and database',
  )
})

test('of an error of Prisma, its last line is told and none of our source', () => {
  const message =
    "\nInvalid `prisma.x.findMany()` invocation in\n/a/b.ts:1\n\nCan't reach database server at db:5432"
  expect(registryOutOfReach(coded('P1001', message))).toContain(
    "cannot be reached (Can't reach database server at db:5432). Check",
  )
})

test('it is found below what other layers made of it', () => {
  const both = new AggregateError([coded('ECONNREFUSED', ''), coded('ECONNREFUSED', '')])
  expect(registryOutOfReach(new Error('query failed', { cause: both }))).toContain('(ECONNREFUSED)')
})

test('any other failure is not taken for it', () => {
  expect(registryOutOfReach(coded('23505', 'duplicate key'))).toBeUndefined()
  const ofStore = Object.assign(coded('ECONNREFUSED', 'connect'), { $metadata: { attempts: 3 } })
  expect(registryOutOfReach(ofStore)).toBeUndefined()
  expect(registryOutOfReach(new Error('something else'))).toBeUndefined()
  expect(registryOutOfReach('text')).toBeUndefined()
})
