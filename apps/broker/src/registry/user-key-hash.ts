import { createHmac } from 'node:crypto'
import type { UserKey } from '@odoo-backup/protocol'
import type { KeyRing } from '@odoo-backup/service'

export interface UserKeyHash {
  readonly keyId: string
  readonly hash: Uint8Array<ArrayBuffer>
}

/**
 * What is stored instead of a user key: its HMAC-SHA-256. Who reads the table can neither use a key nor try
 * guesses without the ring. A user key has 100 bits of chance and more, so no slow hash is needed.
 */
export function hashUserKey(ring: KeyRing, userKey: UserKey): UserKeyHash {
  return { keyId: ring.current.id, hash: hmac(ring.current.key, userKey) }
}

/** The hashes under every key of the ring: by which an instance is found while a key is being replaced. */
export function possibleHashes(ring: KeyRing, userKey: UserKey): Uint8Array<ArrayBuffer>[] {
  return [...ring.byId.values()].map(key => hmac(key, userKey))
}

function hmac(key: Buffer, userKey: UserKey): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHmac('sha256', key).update(userKey, 'utf8').digest())
}
