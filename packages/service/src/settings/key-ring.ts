import { z } from 'zod'
import type { SecretParts } from './secret.ts'

/** Secret keys with names, so that the current one can be replaced while what the former ones made stays readable. */
export interface KeyRing {
  /** What new values are made with. */
  readonly current: { readonly id: string; readonly key: Buffer }
  readonly byId: ReadonlyMap<string, Buffer>
}

const ENTRY = /^([a-z0-9][a-z0-9._-]{0,31}):([A-Za-z0-9+/_-]+={0,2})$/
const KEY_BYTES = 32

const advice =
  'Give `id:base64` with a key of 32 bytes, former keys after a comma. Make one with: echo "k1:$(openssl rand -base64 32)"'

/** `id:base64,id:base64`, 32 bytes each: the first is the current key, the others still open what they once made. */
export const keyRing = () =>
  z.string().transform((text, context): KeyRing => {
    const byId = new Map<string, Buffer>()
    for (const entry of text.split(',').map(part => part.trim())) {
      const [, id, encoded] = ENTRY.exec(entry) ?? []
      const key = Buffer.from(encoded ?? '', 'base64')
      if (id === undefined || key.length !== KEY_BYTES || byId.has(id)) {
        context.addIssue({
          code: 'custom',
          message: byId.has(id ?? '') ? 'Two keys have the same id.' : advice,
        })
        return z.NEVER
      }
      byId.set(id, key)
    }
    const [first] = byId
    if (first === undefined) {
      context.addIssue({ code: 'custom', message: advice })
      return z.NEVER
    }
    return { current: { id: first[0], key: first[1] }, byId }
  })

/** Each key of a ring, as it is written there. */
export const keysOfRing: SecretParts = text =>
  text.split(',').map(entry => entry.slice(entry.indexOf(':') + 1).trim())
