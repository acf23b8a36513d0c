import { basename } from 'node:path'
import type { RestoreRequest } from '@odoo-backup/protocol'

/** Of a file that was downloaded twice, before or after its suffix. */
const TWICE = / ?\(\d+\)/g
const SUFFIX = /(?:\.(?:zip|dump|sql))?(?:\.enc)?$/i
/** As in our names and those of Odoo's database manager. */
const MOMENT = /[._-]\d{4}-\d{2}-\d{2}(?:[_T ]\d{2}[-:]?\d{2}(?:[-:]?\d{2})?Z?)?$/

/**
 * The database that a file is called after, for backups that do not say it themselves: an encrypted one before its
 * password is given, or a dump of PostgreSQL. Undefined for stored backups, and for uploads without a name.
 */
export function databaseOfFile(source: RestoreRequest['source']): string | undefined {
  if (source.kind === 'stored') return undefined
  const name = source.name ?? (source.removeAfter === true ? '' : basename(source.path))
  const database = name.replaceAll(TWICE, '').replace(SUFFIX, '').replace(MOMENT, '')
  return database === '' ? undefined : database
}
