import { expect, test } from '@jest/globals'
import { checkFingerprint, passwordFingerprint } from './fingerprint.ts'

test('two passwords can be told apart, and the same one is known again by its own instance alone', async () => {
  const first = await passwordFingerprint('correct horse', 'instance-1')
  expect(first).toMatch(/^[0-9a-f]{8}$/)
  expect(await passwordFingerprint('correct horse', 'instance-1')).toBe(first)
  expect(await passwordFingerprint('correct  horse', 'instance-1')).not.toBe(first)
  expect(await passwordFingerprint('correct horse', 'instance-2')).not.toBe(first)
})

test('a slip of the finger in the password is noticed at the next backup, not when a backup is needed', () => {
  expect(() => checkFingerprint('production', undefined, 'aaaaaaaa')).not.toThrow()
  expect(() => checkFingerprint('production', 'aaaaaaaa', 'aaaaaaaa')).not.toThrow()
  expect(() => checkFingerprint('production', 'aaaaaaaa', 'bbbbbbbb')).toThrow(
    expect.objectContaining({ code: 'encryption_unconfirmed' }),
  )
})
