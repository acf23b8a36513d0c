import { BackupFormatError } from '../../errors.ts'

const FILESTORE = 'filestore/'

/** What an entry of an Odoo backup is; a folder needs no attention. */
export type EntryRole =
  | { readonly role: 'dump' | 'manifest' | 'folder' }
  | { readonly role: 'file'; readonly path: string }

/** Refuses every name that Odoo does not write, above all those that lead out of the folder they are unpacked in. */
export function entryRole(rawName: Buffer): EntryRole {
  const name = decodeName(rawName)
  const refuse = (why: string) =>
    new BackupFormatError(
      'zip_refused',
      `The archive holds an entry ${JSON.stringify(name.slice(0, 100))}, ${why}.`,
    )
  if (/[\0\\]/.test(name) || name.startsWith('/') || /^[A-Za-z]:/.test(name)) {
    throw refuse('which is no name of a file in a backup')
  }
  const folder = name.endsWith('/')
  const segments = (folder ? name.slice(0, -1) : name).split('/')
  if (segments.some(segment => segment === '' || segment === '.' || segment === '..')) {
    throw refuse('which leads out of its folder')
  }
  if (name === 'dump.sql') return { role: 'dump' }
  if (name === 'manifest.json') return { role: 'manifest' }
  if (!name.startsWith(FILESTORE)) throw refuse('which is no part of an Odoo backup')
  return folder ? { role: 'folder' } : { role: 'file', path: name.slice(FILESTORE.length) }
}

function decodeName(raw: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(raw)
  } catch (cause) {
    throw new BackupFormatError('zip_refused', 'The archive holds an entry whose name is not UTF-8.', {
      cause,
    })
  }
}
