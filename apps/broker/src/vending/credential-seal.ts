import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { KeyRing } from '@odoo-backup/service'

const CIPHER = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16

/**
 * Seals text as `<key id>.<base64url of nonce, ciphertext, tag>`. `context` is not stored: whoever opens must
 * know it, so that a sealed text moved to another place, or made under other settings, does not open.
 */
export function seal(keys: KeyRing, text: string, context: string): string {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(CIPHER, keys.current.key, nonce)
  cipher.setAAD(additionalData(keys.current.id, context))
  const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return `${keys.current.id}.${sealed.toString('base64url')}`
}

/** The sealed text, or undefined when it was sealed under an unknown key or another context, or was changed. */
export function unseal(keys: KeyRing, sealed: string, context: string): string | undefined {
  const dot = sealed.lastIndexOf('.')
  const id = sealed.slice(0, Math.max(dot, 0))
  const key = keys.byId.get(id)
  const bytes = Buffer.from(sealed.slice(dot + 1), 'base64url')
  if (key === undefined || bytes.length < NONCE_BYTES + TAG_BYTES) return undefined
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
  decipher.setAAD(additionalData(id, context))
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
  try {
    const text = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES))
    return Buffer.concat([text, decipher.final()]).toString('utf8')
  } catch {
    // A tag that does not fit: whatever the reason, the caller has nothing.
    return undefined
  }
}

function additionalData(keyId: string, context: string): Buffer {
  return Buffer.from(JSON.stringify([keyId, context]))
}
