import { createHash, pbkdf2, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify(pbkdf2)
const HASH = /^\$pbkdf2-sha512\$([1-9]\d{0,9})\$([A-Za-z0-9./]*)\$([A-Za-z0-9./]{86})$/
/** What an attacker who may write odoo.conf could make us spend; Odoo uses 600,000. */
const MOST_ROUNDS = 10_000_000

/**
 * Compares a password with `admin_passwd`, plain or passlib's `pbkdf2_sha512`, in constant time. Nothing stored
 * means that nobody gets in, as for Odoo. Rate limiting is the caller's.
 */
export async function verifyMasterPassword(stored: string | undefined, given: string): Promise<boolean> {
  if (!stored) return false
  if (!stored.startsWith('$pbkdf2-sha512$')) return timingSafeEqual(digest(stored), digest(given))
  const [, rounds, salt, checksum] = HASH.exec(stored) ?? []
  if (!rounds || salt === undefined || !checksum || Number(rounds) > MOST_ROUNDS) return false
  const expected = fromPasslib(checksum)
  const derived = await derive(given, fromPasslib(salt), Number(rounds), expected.length, 'sha512')
  return timingSafeEqual(derived, expected)
}

/** Whether the master password is still `admin`: then everyone who reaches the server owns it. */
export function isDefaultMasterPassword(stored: string | undefined): Promise<boolean> {
  return verifyMasterPassword(stored, 'admin')
}

/** passlib's base64: no padding, `.` instead of `+`. */
function fromPasslib(text: string): Buffer {
  return Buffer.from(text.replaceAll('.', '+'), 'base64')
}

/** Equal lengths for a comparison in constant time. */
function digest(text: string): Buffer {
  return createHash('sha512').update(text, 'utf8').digest()
}
