import { expect, test } from '@jest/globals'
import { createSessions } from './sessions.ts'

const principal = { role: 'administer', name: 'master password' } as const
const limits = { idleMs: 100, lifeMs: 250, sessions: 2 }

test('a session is found by its secret and by nothing else', () => {
  const sessions = createSessions(() => 0)
  const { secret } = sessions.open(principal)
  expect(sessions.find(secret)?.principal).toEqual(principal)
  expect(sessions.find(`${secret}x`)).toBeUndefined()
  expect(sessions.find('')).toBeUndefined()
})

test('a session ends when it is not used, when it grows old, and when it is closed', () => {
  let now = 0
  const sessions = createSessions(() => now, limits)
  const { secret } = sessions.open(principal)
  now = 100
  expect(sessions.find(secret)).toBeDefined()
  now = 200
  expect(sessions.find(secret)).toBeDefined()
  now = 251
  expect(sessions.find(secret)).toBeUndefined()

  const idle = sessions.open(principal).secret
  now += 101
  expect(sessions.find(idle)).toBeUndefined()

  const closed = sessions.open(principal).secret
  sessions.close(closed)
  expect(sessions.find(closed)).toBeUndefined()
})

test('what a page asks by itself does not keep a session alive', () => {
  let now = 0
  const sessions = createSessions(() => now, limits)
  const { secret } = sessions.open(principal)
  now = 99
  expect(sessions.find(secret, { unattended: true })).toBeDefined()
  now = 101
  expect(sessions.find(secret, { unattended: true })).toBeUndefined()
  expect(sessions.find(secret)).toBeUndefined()
})

test('too many sessions push out the one that was used longest ago', () => {
  const sessions = createSessions(() => 0, limits)
  const first = sessions.open(principal).secret
  const second = sessions.open(principal).secret
  sessions.find(first)
  const third = sessions.open(principal).secret
  expect(sessions.find(second)).toBeUndefined()
  expect(sessions.find(first)).toBeDefined()
  expect(sessions.find(third)).toBeDefined()
})
