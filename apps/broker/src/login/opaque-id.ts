import { createHash, randomBytes } from 'node:crypto'

/** A fresh unguessable id for links, states, codes and cookies: 192 bits, 32 characters of base64url. */
export function newOpaqueId(): string {
  return randomBytes(24).toString('base64url')
}

/** What is stored of an id that works as a secret: who reads the table cannot use it. */
export function hashOpaqueId(id: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(id, 'utf8').digest())
}

/** The form of our ids, whole. */
export const OPAQUE_ID = /^[A-Za-z0-9_-]{32}$/

/** Whether a text has the form of our ids; anything else is refused before the database is asked. */
export function isOpaqueId(text: unknown): text is string {
  return typeof text === 'string' && OPAQUE_ID.test(text)
}
