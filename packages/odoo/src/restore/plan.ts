import { randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseName, NewDatabaseName } from '@odoo-backup/protocol'
import type { OdooCluster } from '../cluster/cluster.ts'
import { OdooError } from '../errors.ts'
import { filestorePath, filestoreRoot } from '../settings/paths.ts'
import { checkFilestoreRoot } from './filestore-root.ts'
import type { RestoreJournal, RestoreOptions } from './options.ts'

const RESERVED = new Set(['postgres', 'template0', 'template1'])
/** Longest name in PostgreSQL, in bytes. */
const LONGEST_NAME = 63

/**
 * Checks that a restore can be begun, changes nothing, and chooses every name that it will use.
 * @throws OdooError `database_name_invalid`, `database_exists`, `filestore_exists`, `disk_full`,
 * `permission_denied`
 */
export async function planRestore(
  cluster: OdooCluster,
  options: RestoreOptions,
  now: Date,
): Promise<RestoreJournal> {
  const { database, replace = false, parts = 'both' } = options
  const id = randomBytes(8).toString('hex')
  checkNotReserved(cluster, database)
  const known = await existing(cluster, database)
  // The files of a database that is there, or is replaced, go under its name whatever it is.
  checkName(database, known && (replace || parts === 'filestore'))
  const exists = known && parts !== 'filestore'
  if (exists && !replace)
    throw new OdooError(
      'database_exists',
      `The database ${JSON.stringify(database)} exists already. Choose another name, or replace it.`,
    )
  const filestore = filestorePath(cluster.settings, database)
  const filled = parts !== 'database' && (await isFilled(filestore))
  if (filled && !replace)
    throw new OdooError(
      'filestore_exists',
      `Filestore for database "${database}" already exists. Please choose another database name`,
    )
  if (parts !== 'database') await checkFilestoreRoot(cluster, options.expected?.fileBytes ?? 0)
  const dated = exists || filled ? await freeDatedName(cluster, database, now) : undefined
  return {
    step: 'loading',
    id,
    database,
    ...(parts === 'filestore' ? {} : { temporaryDatabase: temporaryName(id) }),
    ...(parts === 'database'
      ? {}
      : { filestore, temporaryFilestore: join(filestoreRoot(cluster.settings), `.${temporaryName(id)}`) }),
    ...(exists && dated !== undefined ? { replacedDatabase: dated } : {}),
    ...(filled && dated !== undefined ? { replacedFilestore: filestorePath(cluster.settings, dated) } : {}),
  }
}

export function temporaryName(id: string): string {
  return `odoo_backup_restore_${id}`
}

/** `name_replaced_20261123_221500`, the name shortened where PostgreSQL's limit demands it. */
export function datedName(database: string, now: Date): string {
  const stamp = now.toISOString().replace(/[-:]/g, '').replace('T', '_').slice(0, 15)
  const suffix = `_replaced_${stamp}`
  let kept = database
  while (Buffer.byteLength(kept + suffix) > LONGEST_NAME) kept = [...kept].slice(0, -1).join('')
  return kept + suffix
}

/** Of this second, or of the next in which nothing of that name is there: what was replaced before stays as it is. */
async function freeDatedName(cluster: OdooCluster, database: string, now: Date): Promise<string> {
  for (let at = now.getTime(); ; at += 1_000) {
    const name = datedName(database, new Date(at))
    const taken =
      (await cluster.databaseExists(name)) || (await isFilled(filestorePath(cluster.settings, name)))
    if (!taken) return name
  }
}

function checkNotReserved(cluster: OdooCluster, database: string) {
  if (RESERVED.has(database) || database === cluster.settings.dbTemplate)
    throw new OdooError(
      'database_name_invalid',
      `The name ${database} belongs to PostgreSQL. Choose another name.`,
    )
}

/** A new name must be one that Odoo accepts; one that is replaced is whatever it is. */
function checkName(database: string, existed: boolean) {
  const { error } = (existed ? DatabaseName : NewDatabaseName).safeParse(database)
  if (error)
    throw new OdooError(
      'database_name_invalid',
      error.issues[0]?.message ?? 'Choose another name for the database.',
    )
}

async function existing(cluster: OdooCluster, database: string): Promise<boolean> {
  return cluster.withMaintenance(async client => {
    const { rows } = await client.query<{ hidden: boolean }>(
      'SELECT datistemplate OR NOT datallowconn AS hidden FROM pg_database WHERE datname = $1',
      [database],
    )
    if (rows[0]?.hidden)
      throw new OdooError(
        'database_exists',
        `The database ${JSON.stringify(database)} is hidden from Odoo and is not replaced. Choose another name.`,
      )
    return rows.length > 0
  })
}

async function isFilled(folder: string): Promise<boolean> {
  return ((await readdir(folder).catch(() => undefined))?.length ?? 0) > 0
}
