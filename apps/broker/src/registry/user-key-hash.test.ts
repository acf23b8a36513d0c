import { expect, test } from '@jest/globals'
import { UserKey } from '@odoo-backup/protocol'
import type { KeyRing } from '@odoo-backup/service'
import { hashUserKey, possibleHashes } from './user-key-hash.ts'

const userKey = UserKey.parse('0123456789abcdefABCDEF-_0123456789')

function ring(...ids: string[]): KeyRing {
  const byId = new Map(ids.map(id => [id, Buffer.alloc(32, id)]))
  const [id = 'none'] = ids
  return { current: { id, key: Buffer.alloc(32, id) }, byId }
}

test('the hash depends on the key of the ring, so that the table alone tells nothing', () => {
  const [one, two] = [hashUserKey(ring('k1'), userKey), hashUserKey(ring('k2'), userKey)]
  expect(one.keyId).toBe('k1')
  expect(one.hash).toHaveLength(32)
  expect(Buffer.from(one.hash).equals(Buffer.from(two.hash))).toBe(false)
})

test('an instance is found by the former keys of the ring', () => {
  const former = hashUserKey(ring('k1'), userKey).hash
  const possible = possibleHashes(ring('k2', 'k1'), userKey)
  expect(possible.map(hash => Buffer.from(hash).equals(Buffer.from(former)))).toEqual([false, true])
})
