import { randomBytes } from 'node:crypto'
import { expect, test } from '@jest/globals'
import type { KeyRing } from '@odoo-backup/service'
import fc from 'fast-check'
import { seal, unseal } from './credential-seal.ts'

function ring(...ids: [string, ...string[]]): KeyRing {
  const byId = new Map(ids.map(id => [id, randomBytes(32)]))
  const [id] = ids
  return { current: { id, key: byId.get(id) ?? randomBytes(32) }, byId }
}

test('what was sealed opens under the same keys and context, and shows nothing of itself', () => {
  const keys = ring('k1')
  fc.assert(
    fc.property(fc.string(), fc.string(), (text, context) => {
      expect(unseal(keys, seal(keys, text, context), context)).toBe(text)
    }),
  )
  expect(seal(keys, 'wJalrXUtnFEMI', 'x')).not.toContain('wJalrXUtnFEMI')
  expect(seal(keys, 'same', 'x')).not.toBe(seal(keys, 'same', 'x'))
})

test('another context, another key of the same id, a removed key or a changed byte opens nothing', () => {
  const keys = ring('k1', 'k2')
  const sealed = seal(keys, 'text', 'instance 1')
  expect(unseal(keys, sealed, 'instance 2')).toBeUndefined()
  expect(unseal(ring('k1'), sealed, 'instance 1')).toBeUndefined()
  expect(unseal(ring('k2'), sealed, 'instance 1')).toBeUndefined()
  const [id, body = ''] = sealed.split('.')
  const bytes = Buffer.from(body, 'base64url')
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes)
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
    expect(unseal(keys, `${id}.${changed.toString('base64url')}`, 'instance 1')).toBeUndefined()
  }
})

test('text that was never sealed is a miss and not an error', () => {
  const keys = ring('k1')
  for (const text of ['', '.', 'k1', 'k1.', 'k1.AAAA', 'null', '{"accessKeyId":"x"}', 'k1.!!!!'])
    expect(unseal(keys, text, 'c')).toBeUndefined()
})

test('after a rotation the old key still opens and the new one seals', () => {
  const before = ring('2025')
  const sealed = seal(before, 'text', 'c')
  const current = { id: '2026', key: randomBytes(32) }
  const after: KeyRing = { current, byId: new Map([...before.byId, ['2026', current.key]]) }
  expect(unseal(after, sealed, 'c')).toBe('text')
  expect(seal(after, 'text', 'c')).toMatch(/^2026\./)
})
