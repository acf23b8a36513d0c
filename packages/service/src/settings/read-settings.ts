import { readFileSync } from 'node:fs'
import type { z } from 'zod'
import { isSecret, secretPartsOf } from './secret.ts'
import { SettingsError, type SettingsFault } from './settings-error.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads settings from environment variables; the keys of the schema are their names. An empty variable counts as
 * not set. A field marked by `secret` may also be read from the file named by `NAME_FILE` (one line end at its end
 * is dropped), but not from both.
 *
 * @throws SettingsError with every fault at once.
 */
export function readSettings<T extends z.ZodObject>(
  schema: T,
  environment: Environment = process.env,
): z.output<T> {
  const faults: SettingsFault[] = []
  const given: Record<string, string> = {}
  for (const [name, field] of Object.entries(schema.shape)) {
    const value = isSecret(field) ? readSecret(name, environment, faults) : environment[name]
    if (value !== undefined && value !== '') given[name] = value
  }
  const unread = new Set(faults.map(fault => fault.name))
  const result = schema.safeParse(given)
  if (!result.success) {
    for (const issue of result.error.issues) {
      const name = String(issue.path[0] ?? 'settings')
      if (!unread.has(name))
        faults.push({ name, message: message(issue, name, name in given, isSecretName(schema, name)) })
    }
  }
  if (faults.length > 0 || !result.success) throw new SettingsError(faults)
  return result.data
}

function isSecretName(schema: z.ZodObject, name: string): boolean {
  const field = schema.shape[name]
  return field !== undefined && isSecret(field)
}

function message(issue: z.core.$ZodIssue, name: string, isGiven: boolean, secret: boolean): string {
  if (!isGiven && issue.code !== 'custom')
    return `is not set.${secret ? ` Set it, or ${name}_FILE to a file that holds it.` : ''}`
  return issue.message
}

function readSecret(name: string, environment: Environment, faults: SettingsFault[]): string | undefined {
  const value = environment[name] || undefined
  const file = environment[`${name}_FILE`] || undefined
  if (file === undefined) return value
  if (value !== undefined) {
    faults.push({ name, message: `is set twice: keep either ${name} or ${name}_FILE.` })
    return undefined
  }
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '')
  } catch (error) {
    const isCoded = typeof error === 'object' && error !== null && 'code' in error
    const reason = isCoded ? String(error.code) : 'unreadable'
    faults.push({
      name,
      message: `the file named by ${name}_FILE cannot be read (${reason}). Check its path and rights.`,
    })
    return undefined
  }
}

/** All secrets in an environment, as they stand there and each of their parts, for the redaction of logs. */
export function secretsOf(schema: z.ZodObject, environment: Environment = process.env): string[] {
  const found = new Set<string>()
  for (const [name, field] of Object.entries(schema.shape)) {
    const partsOf = secretPartsOf(field)
    if (partsOf === undefined) continue
    const value = readSecret(name, environment, [])
    if (value === undefined || value === '') continue
    for (const text of [value, ...partsOf(value)]) if (text !== '') found.add(text)
  }
  return [...found]
}
