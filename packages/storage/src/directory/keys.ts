import { join } from 'node:path'
import { StorageError } from '../errors.ts'

/** Files that are being written; never listed. */
const PARTIAL = '.odoo-backup-partial-'

export function partialName(id: string): string {
  return `${PARTIAL}${id}`
}

export function isPartial(name: string): boolean {
  return name.startsWith(PARTIAL)
}

/** The file of a key, which can lie nowhere but below the folder. */
export function pathOf(folder: string, key: string): string {
  const segments = key.split('/')
  const bad = (segment: string) =>
    segment === '' || segment === '.' || segment === '..' || segment.includes('\0')
  if (segments.some(bad) || isPartial(segments.at(-1) ?? '')) {
    throw new StorageError('key_invalid', `${JSON.stringify(key)} is not a name that a folder can hold.`)
  }
  return join(folder, ...segments)
}
