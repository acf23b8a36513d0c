import { createHash } from 'node:crypto'
import type { WarningText } from '@odoo-backup/protocol'
import type { Client } from 'pg'
import { OdooError } from '../errors.ts'
import { promisedSha1 } from '../snapshot/checked-file.ts'
import { isSpooled } from '../snapshot/filestore-walk.ts'
import { isInside } from '../snapshot/named-files.ts'
import type { RestorableSnapshot } from '../snapshot/snapshot.ts'

export interface FilesCheck {
  readonly files: number
  readonly faults: readonly string[]
  readonly warnings: readonly WarningText[]
}

interface FilesOptions {
  readonly knownMissing: readonly string[]
  readonly onBytes: (bytes: number) => void
  readonly signal?: AbortSignal | undefined
}

/** Names are written to the server in groups of this many. */
const AT_A_TIME = 1_000
/** Of files of one kind, so many are named. */
const MOST_NAMED = 20

/**
 * Reads every stored file of a backup, compares it with the SHA-1 in its name, and then asks the restored
 * database for attachments whose file the backup lacks. The names go into a temporary table: there may be
 * millions.
 */
export async function checkFiles(
  client: Client,
  snapshot: Pick<RestorableSnapshot, 'files'>,
  options: FilesOptions,
): Promise<FilesCheck> {
  await client.query('CREATE TEMPORARY TABLE odoo_backup_files (name text COLLATE "C")')
  let group: string[] = []
  const flush = async () => {
    if (group.length > 0)
      await client.query('INSERT INTO odoo_backup_files SELECT unnest($1::text[])', [group])
    group = []
  }
  const damaged: string[] = []
  let files = 0
  for await (const file of snapshot.files()) {
    if (options.signal?.aborted) throw new OdooError('cancelled', 'The drill was cancelled.')
    if (isSpooled(file.path)) continue
    const hash = createHash('sha1')
    for await (const chunk of await file.open()) {
      hash.update(chunk)
      options.onBytes(chunk.length)
    }
    const promised = promisedSha1(file.path)
    if (promised !== undefined && hash.digest('hex') !== promised) damaged.push(file.path)
    files++
    group.push(file.path)
    if (group.length === AT_A_TIME) await flush()
  }
  await flush()
  const missing = await missingNames(client)
  const known = new Set(options.knownMissing)
  const lost = missing.filter(name => !known.has(name))
  return {
    files,
    faults: [
      ...describe(damaged, 'does not hold what its name promises', 'do not hold what their names promise'),
      ...describe(lost, 'is named by the database and missing', 'are named by the database and missing'),
    ],
    warnings: lacked(missing.filter(name => known.has(name))),
  }
}

async function missingNames(client: Client): Promise<string[]> {
  const { rows: tables } = await client.query<{ present: boolean }>(
    "SELECT to_regclass('public.ir_attachment') IS NOT NULL AS present",
  )
  if (!tables[0]?.present) return []
  await client.query('CREATE INDEX ON odoo_backup_files (name); ANALYZE odoo_backup_files')
  const { rows } = await client.query<{ name: string }>(
    `SELECT DISTINCT store_fname AS name FROM public.ir_attachment a
     WHERE store_fname <> '' AND NOT EXISTS (
       SELECT FROM odoo_backup_files f WHERE f.name = a.store_fname COLLATE "C") ORDER BY 1`,
  )
  return rows.map(row => row.name).filter(isInside)
}

function lacked(names: readonly string[]): WarningText[] {
  if (names.length === 0) return []
  return [{ code: 'files_lacked', named: names.slice(0, MOST_NAMED), count: names.length }]
}

function describe(names: readonly string[], one: string, many: string): string[] {
  if (names.length === 0) return []
  const some = names.slice(0, MOST_NAMED).join(', ')
  const more = names.length > MOST_NAMED ? ' …' : ''
  return [
    names.length === 1
      ? `The stored file ${some} ${one}.`
      : `${names.length} stored files ${many}: ${some}${more}`,
  ]
}
