import { readFileSync } from 'node:fs'
import { systemErrorCode } from '../system-error.ts'
import { PREFIX } from './keys.ts'

export interface ValueSources {
  /** Our values by name without prefix, from the configuration file. */
  readonly file: ReadonlyMap<string, string>
  readonly environment: Readonly<Record<string, string | undefined>>
}

/**
 * One value by its name, from `ODOO_BACKUP_SH_NAME`, a file named by `ODOO_BACKUP_SH_NAME_FILE`, the
 * configuration file, or a file that it names with `odoo_backup_sh_name_file`; in this order. A file's last
 * line end is not part of the value. Both a value and a file in one place is a fault.
 */
export function valueFrom(
  sources: ValueSources,
  name: string,
): { value?: string; fault?: string; fromFile?: string } {
  const upper = `${PREFIX}${name}`.toUpperCase()
  const places = [
    { label: upper, value: sources.environment[upper], file: sources.environment[`${upper}_FILE`] },
    { label: PREFIX + name, value: sources.file.get(name), file: sources.file.get(`${name}_file`) },
  ]
  for (const { label, value, file } of places) {
    if (value !== undefined && file !== undefined) {
      return { fault: `${label} and its file are both given: keep one of them.` }
    }
    if (file !== undefined) return { ...readSecret(label, file), fromFile: file }
    if (value !== undefined) return { value }
  }
  return {}
}

function readSecret(label: string, path: string): { value?: string; fault?: string } {
  try {
    return { value: readFileSync(path, 'utf8').replace(/\r?\n$/, '') }
  } catch (error) {
    return { fault: `${label}: the file ${path} cannot be read (${systemErrorCode(error) ?? 'unknown'}).` }
  }
}
