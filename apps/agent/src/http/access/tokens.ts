import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { TokenRequest } from '@odoo-backup/protocol'
import type { StoredToken } from '../../operations.ts'
import type { Principal } from './sessions.ts'

/** Makes scanners of leaked secrets recognise it, and people too. */
const PREFIX = 'obt_'

/** A new token and what is kept of it: the hash of 256 random bits needs no salt. */
export function mintToken(request: TokenRequest, now: Date): { token: string; stored: StoredToken } {
  const token = PREFIX + randomBytes(32).toString('base64url')
  return {
    token,
    stored: { ...request, createdAt: now.toISOString(), sha256: hashOf(token).toString('hex') },
  }
}

/** Whom a token stands for; each stored hash is compared in constant time. */
export function principalOfToken(given: string, stored: readonly StoredToken[]): Principal | undefined {
  const hash = hashOf(given)
  let found: StoredToken | undefined
  for (const token of stored) {
    const kept = Buffer.from(token.sha256, 'hex')
    if (kept.length === hash.length && timingSafeEqual(kept, hash)) found = token
  }
  if (found === undefined) return undefined
  const principal = { role: found.role, name: `token ${found.name}` }
  return found.database === undefined ? principal : { ...principal, database: found.database }
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
