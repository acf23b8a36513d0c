import { createHmac } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { isSignedByStripe } from './signature.ts'

const secret = 'whsec_test'
const body = Buffer.from('{"id":"evt_1"}')
const now = new Date('2026-01-01T00:00Z')
const seconds = now.getTime() / 1000
const sign = (key: string, at: number, text: Buffer = body) =>
  createHmac('sha256', key).update(`${at}.`).update(text).digest('hex')

test.each<[string, string | undefined, boolean]>([
  ['a good signature', `t=${seconds},v1=${sign(secret, seconds)}`, true],
  [
    'one of several, while the secret is being replaced',
    `t=${seconds},v1=${sign('old', seconds)},v1=${sign(secret, seconds)}`,
    true,
  ],
  ['beside one of another scheme', `t=${seconds},v0=abc,v1=${sign(secret, seconds)}`, true],
  ['as old as is allowed', `t=${seconds - 300},v1=${sign(secret, seconds - 300)}`, true],
  ['older', `t=${seconds - 301},v1=${sign(secret, seconds - 301)}`, false],
  ['from the future', `t=${seconds + 301},v1=${sign(secret, seconds + 301)}`, false],
  ['another secret', `t=${seconds},v1=${sign('other', seconds)}`, false],
  ['another time than was signed', `t=${seconds},v1=${sign(secret, seconds - 1)}`, false],
  ['a scheme that is not ours', `t=${seconds},v0=${sign(secret, seconds)}`, false],
  ['no timestamp', `v1=${sign(secret, seconds)}`, false],
  ['no header', undefined, false],
  ['nonsense', 't=,v1=', false],
])('%s', (_name, header, expected) => {
  expect(isSignedByStripe(header, body, secret, now)).toBe(expected)
})

test('a body of which one byte differs is refused', () => {
  const header = `t=${seconds},v1=${sign(secret, seconds)}`
  expect(isSignedByStripe(header, Buffer.from('{"id":"evt_2"}'), secret, now)).toBe(false)
})
