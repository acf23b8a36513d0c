import { formatTimestamp, parseTimestamp } from './timestamp.ts'

/** Odoo's two formats: `zip` with filestore, `dump` (PostgreSQL's custom format) without. */
export type ArchiveFormat = 'zip' | 'dump'

/** What the name of a stored archive tells: `<database>.<UTC time>.zip`, with `.enc` when encrypted. */
export interface ArchiveName {
  readonly database: string
  /** To the second. */
  readonly takenAt: Date
  readonly format: ArchiveFormat
  readonly encrypted: boolean
}

export type InfoName = Pick<ArchiveName, 'database' | 'takenAt'>

export type BackupName = ({ readonly kind: 'archive' } & ArchiveName) | ({ readonly kind: 'info' } & InfoName)

/** Name of an archive within its folder, as the Odoo module odoo_backup_sh gives it. */
export function formatArchiveName(name: ArchiveName): string {
  return `${stem(name)}.${name.format}${name.encrypted ? '.enc' : ''}`
}

/** Name of the description that completes the archive of the same database and time. */
export function formatInfoName(name: InfoName): string {
  return `${stem(name)}.info`
}

function stem({ database, takenAt }: InfoName): string {
  if (database === '' || /[/\0]/.test(database))
    throw new RangeError('Not a database name that a key can carry.')
  return `${database}.${formatTimestamp(takenAt)}`
}

/** Reads a name from the right, since a database name may hold dots; undefined for anything else in the folder. */
export function parseBackupName(file: string): BackupName | undefined {
  const encrypted = file.endsWith('.enc')
  const plain = encrypted ? file.slice(0, -'.enc'.length) : file
  const [beforeKind, kind] = cutLast(plain)
  const [database, timestamp] = cutLast(beforeKind)
  const takenAt = parseTimestamp(timestamp)
  if (database === '' || database.includes('/') || takenAt === undefined) return undefined
  if (kind === 'zip' || kind === 'dump')
    return { kind: 'archive', database, takenAt, format: kind, encrypted }
  return kind === 'info' && !encrypted ? { kind: 'info', database, takenAt } : undefined
}

function cutLast(text: string): [before: string, after: string] {
  const dot = text.lastIndexOf('.')
  return dot < 0 ? ['', text] : [text.slice(0, dot), text.slice(dot + 1)]
}
