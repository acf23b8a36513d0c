import { randomBytes } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { createSecretSearch } from './find-secrets.ts'

const SECRET = 'canary/with+signs "and" 0123456789'

test.each([
  ['plain', SECRET],
  ['encoded for a URL', encodeURIComponent(SECRET)],
  ['as JSON spells it', JSON.stringify({ text: SECRET })],
])('a secret is found %s, wherever it stands', (_spelling, text) => {
  const find = createSecretSearch(new Map([[SECRET, 'a made-up token']]))
  for (const log of [text, `{"msg":"request"}\n${text}`, `${text}\n{"msg":"request"}\n`, `canary${text}`])
    expect([...find(Buffer.from(log))]).toEqual(['a made-up token'])
})

test('no part of a secret, and nothing like it, is taken for it', () => {
  const find = createSecretSearch(new Map([[SECRET, 'a made-up token']]))
  for (const log of ['', 'can', SECRET.slice(0, -1), SECRET.slice(1), SECRET.toUpperCase()])
    expect(find(Buffer.from(log)).size).toBe(0)
})

test('one of many secrets is found in a long log, others with the same beginning are not', () => {
  const secrets = new Map<string, string>()
  for (let index = 0; index < 5_000; index += 1)
    secrets.set(randomBytes(24).toString('base64url'), 'another secret')
  secrets.set('postgresql://me:first-word@db', 'the first').set('postgresql://me:other-word@db', 'the other')
  const line = `{"level":"info","id":"${randomBytes(16).toString('hex')}","msg":"request"}\n`
  const log = Buffer.from(`${line.repeat(20_000)}to postgresql://me:other-word@db\n${line}`)
  expect([...createSecretSearch(secrets)(log)]).toEqual(['the other'])
})
