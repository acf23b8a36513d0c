import { z } from 'zod'

const secrets = new WeakSet<z.core.$ZodType>()

/**
 * Marks a setting as secret: it may also come from the file that `NAME_FILE` names, and its value appears in no
 * fault. Wrap the inside: `secret(keyRing())`, `secret().optional()`.
 */
export function secret(): z.ZodString
export function secret<T extends z.ZodType>(field: T): T
export function secret(field: z.ZodType = z.string().min(1)): z.ZodType {
  const own = field.clone()
  secrets.add(own)
  return own
}

/** True for a field made by `secret`, also inside `.optional()`, `.default()` and pipes. */
export function isSecret(field: z.core.$ZodType): boolean {
  if (secrets.has(field)) return true
  const { def } = field._zod
  if ('innerType' in def && def.innerType instanceof z.core.$ZodType) return isSecret(def.innerType)
  if ('in' in def && def.in instanceof z.core.$ZodType) return isSecret(def.in)
  return false
}
