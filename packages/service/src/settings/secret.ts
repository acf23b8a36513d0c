import { z } from 'zod'

/** The secrets inside the text of a setting, each by itself; of any text, also one that its field refuses. */
export type SecretParts = (text: string) => readonly string[]

const secrets = new WeakMap<z.core.$ZodType, SecretParts>()

/**
 * Marks a setting as secret: it may also come from the file that `NAME_FILE` names, and its value appears in no
 * fault. Wrap the inside: `secret(keyRing(), keysOfRing)`, `secret().optional()`.
 *
 * @param parts what in it is a secret without the rest too, such as the password in a URL: no log may hold that either
 */
export function secret(): z.ZodString
export function secret<T extends z.ZodType>(field: T, parts?: SecretParts): T
export function secret(field: z.ZodType = z.string().min(1), parts: SecretParts = () => []): z.ZodType {
  const own = field.clone()
  secrets.set(own, parts)
  return own
}

/** How to find the parts of a field made by `secret`, also inside `.optional()`, `.default()` and pipes; undefined for all others. */
export function secretPartsOf(field: z.core.$ZodType): SecretParts | undefined {
  const parts = secrets.get(field)
  if (parts !== undefined) return parts
  const { def } = field._zod
  if ('innerType' in def && def.innerType instanceof z.core.$ZodType) return secretPartsOf(def.innerType)
  if ('in' in def && def.in instanceof z.core.$ZodType) return secretPartsOf(def.in)
  return undefined
}

export function isSecret(field: z.core.$ZodType): boolean {
  return secretPartsOf(field) !== undefined
}

const PASSWORD = /^[a-z][a-z0-9+.-]*:\/\/[^:@/?#]*:([^/?#]*)@/i
const PASSWORD_IN_QUERY = /[?&]password=([^&#]*)/g

/**
 * The password in the URL of a database's server, before the host or in the query, as written and as meant. Without the
 * parser of URLs, which takes none that names no host, as that of a socket.
 */
export const passwordOfUrl: SecretParts = text => {
  const written = [PASSWORD.exec(text), ...text.matchAll(PASSWORD_IN_QUERY)].map(found => found?.[1] ?? '')
  return written.flatMap(part => [part, decoded(part)])
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
