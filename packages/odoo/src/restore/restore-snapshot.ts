import type { OdooCluster } from '../cluster/cluster.ts'
import { OdooError } from '../errors.ts'
import { addonsFolders, missingModules } from '../neutralise/addons.ts'
import type { RestorableSnapshot } from '../snapshot/snapshot.ts'
import { makeFilestoreRoot } from './filestore-root.ts'
import { type LoadedDatabase, loadDatabase } from './load-database.ts'
import { type FilestoreLoad, loadFilestore, makeFilestore } from './load-filestore.ts'
import type { RestoreFindings, RestoreJournal, RestoreOptions, RestoreResult } from './options.ts'
import { planRestore } from './plan.ts'
import { RestoreProgress } from './progress.ts'
import { publish } from './publish.ts'
import { resumeRestore } from './resume.ts'

/**
 * Restores a snapshot under a name. Everything is loaded where Odoo does not see it and checked to the last
 * byte; then it becomes public in one step. A failure or the signal leaves everything as it was before.
 * @throws OdooError; errors of the snapshot's own streams pass through
 */
export async function restoreSnapshot(
  cluster: OdooCluster,
  snapshot: RestorableSnapshot,
  given: RestoreOptions,
  now: Date = new Date(),
): Promise<RestoreResult> {
  const options = { ...given, parts: partsOf(snapshot, given) }
  const plan = await planRestore(cluster, options, now)
  if (options.parts !== 'database') await makeFilestoreRoot(cluster)
  await options.journal?.(plan)
  let entry: RestoreJournal = plan
  try {
    const progress = new RestoreProgress(options)
    const loaded = await loadDatabase(cluster, snapshot, plan, options, progress)
    const files = await loadFiles(cluster, snapshot, plan, options, progress)
    if (options.signal?.aborted) throw new OdooError('cancelled', 'The restore was cancelled.')
    progress.enter('publish')
    const found = await findings(cluster, snapshot, loaded)
    const databaseOid = loaded.oid === undefined ? {} : { databaseOid: loaded.oid }
    entry = { ...plan, step: 'publishing', ...databaseOid, found }
    await options.journal?.(entry)
    await publishOrFind(cluster, entry)
    // The restore stands: a journal that cannot be written any more changes nothing.
    await options.journal?.({ ...entry, step: 'published' }).catch(() => {})
    progress.enter('done')
    return {
      database: options.database,
      ...loaded.result,
      ...found,
      ...files,
      ...(entry.replacedDatabase === undefined ? {} : { replacedDatabase: entry.replacedDatabase }),
      ...(entry.replacedFilestore === undefined ? {} : { replacedFilestore: entry.replacedFilestore }),
    }
  } catch (error) {
    // Where PostgreSQL is gone nothing can be put back now: the journal has it, for the next start.
    await resumeRestore(cluster, entry).catch(() => {})
    throw error
  }
}

/** A dump holds no files: those that are there are not its to replace. */
function partsOf(
  { dumpFormat }: RestorableSnapshot,
  { parts = 'both' }: RestoreOptions,
): NonNullable<RestoreOptions['parts']> {
  if (dumpFormat !== 'custom') return parts
  if (parts === 'filestore')
    throw new OdooError('filestore_missing', 'A dump holds no files. Restore the filestore from a zip.')
  return 'database'
}

async function findings(
  cluster: OdooCluster,
  snapshot: RestorableSnapshot,
  { modules = Object.keys(snapshot.manifest?.modules ?? {}), result }: LoadedDatabase,
): Promise<RestoreFindings> {
  const lacking = await missingModules(modules, await addonsFolders(cluster.settings))
  return {
    ...(result.neutralised === undefined ? {} : { neutralised: result.neutralised }),
    ...(lacking === undefined ? {} : { missingModules: lacking }),
    warnings: result.warnings,
  }
}

/** A connection may break in the very commit: then what stands in PostgreSQL says whether it happened. */
async function publishOrFind(cluster: OdooCluster, entry: RestoreJournal): Promise<void> {
  try {
    await publish(cluster, entry)
  } catch (error) {
    if ((await resumeRestore(cluster, entry).catch(() => 'unknown')) !== 'finished') throw error
  }
}

async function loadFiles(
  cluster: OdooCluster,
  snapshot: RestorableSnapshot,
  plan: RestoreJournal,
  options: RestoreOptions,
  progress: RestoreProgress,
): Promise<FilestoreLoad> {
  if (plan.temporaryFilestore === undefined) return { fileCount: 0, fileBytes: 0 }
  progress.enter('files', options.expected?.fileBytes)
  await makeFilestore(plan.temporaryFilestore, cluster.runAs)
  return loadFilestore(snapshot, plan.temporaryFilestore, {
    owner: cluster.runAs,
    onBytes: bytes => progress.add(bytes),
    signal: options.signal,
  })
}
