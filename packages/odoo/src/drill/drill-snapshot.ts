import { randomBytes } from 'node:crypto'
import { types } from 'node:util'
import type { WarningText } from '@odoo-backup/protocol'
import type { OdooCluster } from '../cluster/cluster.ts'
import { createHiddenDatabase, dropHiddenDatabase, shutOutOthers } from '../cluster/hidden-database.ts'
import { OdooError, type OdooErrorCode } from '../errors.ts'
import { addonsFolders } from '../neutralise/addons.ts'
import { neutralise } from '../neutralise/neutralise.ts'
import { createExtensions } from '../restore/extensions.ts'
import { loadDump } from '../restore/load-dump.ts'
import { RestoreProgress } from '../restore/progress.ts'
import type { RestorableSnapshot } from '../snapshot/snapshot.ts'
import { checkDatabase, type DatabaseCheck } from './check-database.ts'
import { checkFiles } from './check-files.ts'
import type { DrillOptions, DrillResult, Scratch } from './drill.ts'

/** Errors that say something of the backup, and not of the machine that tries it. */
const OF_THE_BACKUP: ReadonlySet<OdooErrorCode> = new Set([
  'dump_incomplete',
  'dump_refused',
  'load_failed',
  'file_corrupt',
])
const SCRATCH = /^odoo_backup_drill_[0-9a-f]{16}$/

/**
 * Tries a backup by restoring it: into a hidden database that is checked against what was counted when the
 * backup was made, neutralised and dropped; every stored file is read and compared with its name. Files are
 * not written anywhere. What is wrong with the backup comes back as faults.
 * @throws OdooError when the drill could not be held: PostgreSQL gone, disk full, cancelled
 */
export async function drillSnapshot(
  cluster: OdooCluster,
  snapshot: RestorableSnapshot,
  options: DrillOptions,
): Promise<DrillResult> {
  const scratch: Scratch = { database: `odoo_backup_drill_${randomBytes(8).toString('hex')}` }
  await options.note(scratch)
  const warnings: WarningText[] = []
  const faults: string[] = []
  let check: DatabaseCheck = { tables: 0, rows: 0, users: 0, modules: 0, faults: [] }
  let files = 0
  let needsWord = false
  try {
    const progress = new RestoreProgress(options)
    progress.enter('load', options.expectedBytes?.dumpBytes)
    await createHiddenDatabase(cluster, scratch.database, cluster.settings.dbTemplate ?? 'template0')
    await shutOutOthers(cluster, scratch.database)
    warnings.push(...(await createExtensions(cluster, scratch.database, undefined)))
    // What the dump asks for in vain, such as owners, matters to whoever keeps the database: not here.
    await loadDump(cluster, scratch.database, snapshot, {
      allowFunctions: options.allowFunctions ?? false,
      onBytes: bytes => progress.add(bytes),
      signal: options.signal,
    })
    progress.enter('verify', options.expectedBytes?.fileBytes)
    check = await cluster.withClient(scratch.database, client =>
      checkDatabase(client, options.expected ?? {}),
    )
    faults.push(...check.faults)
    if (snapshot.dumpFormat !== 'custom') {
      const found = await cluster.withClient(scratch.database, client =>
        checkFiles(client, snapshot, {
          knownMissing: options.expected?.missingFiles ?? [],
          onBytes: bytes => progress.add(bytes),
          signal: options.signal,
        }),
      )
      files = found.files
      faults.push(...found.faults)
      warnings.push(...found.warnings)
    }
    progress.enter('neutralise')
    // The backup is what it should be by now: what only neutralising meets is no fault of it.
    if (check.modules > 0) warnings.push(...(await tryNeutralising(cluster, scratch.database)))
    progress.enter('done')
  } catch (error) {
    const fault = faultOfBackup(error) ?? options.faultOf?.(error)
    if (fault === undefined) throw error
    faults.push(fault)
    needsWord = error instanceof OdooError && error.needsWord
  } finally {
    await dropHiddenDatabase(cluster, scratch.database).catch(error => {
      warnings.push({ code: 'scratch_stays', database: scratch.database, words: messageOf(error) })
    })
  }
  const { tables, rows, users, modules } = check
  return { passed: faults.length === 0, faults, warnings, tables, rows, users, modules, files, needsWord }
}

/** Removes what a drill that was cut off left behind. */
export async function removeScratch(cluster: OdooCluster, scratch: Scratch): Promise<void> {
  if (SCRATCH.test(scratch.database)) await dropHiddenDatabase(cluster, scratch.database)
}

async function tryNeutralising(cluster: OdooCluster, database: string): Promise<WarningText[]> {
  const addonsPaths = await addonsFolders(cluster.settings)
  try {
    await cluster.withClient(database, client => neutralise(client, { addonsPaths }))
    return []
  } catch (error) {
    if (error instanceof OdooError && error.retryable) throw error
    return [{ code: 'not_neutralised', words: messageOf(error) }]
  }
}

function messageOf(error: unknown): string {
  return types.isNativeError(error) ? error.message : String(error)
}

function faultOfBackup(error: unknown): string | undefined {
  return error instanceof OdooError && OF_THE_BACKUP.has(error.code) && !error.retryable
    ? error.message
    : undefined
}
