import { access, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { OdooCluster } from '../cluster/cluster.ts'
import { dropHiddenDatabase } from '../cluster/hidden-database.ts'
import { quoteIdentifier } from '../cluster/quoting.ts'
import type { RestoreJournal } from './options.ts'
import { temporaryName } from './plan.ts'
import { markerOf, removeMarker } from './publish.ts'

/**
 * Brings a restore that was cut off to an end: `finished` when its commit had happened, else `undone`, with
 * everything as it was before. May be called any number of times.
 */
export async function resumeRestore(
  cluster: OdooCluster,
  entry: RestoreJournal,
): Promise<'finished' | 'undone'> {
  if (await isCommitted(cluster, entry)) {
    await removeMarker(entry)
    return 'finished'
  }
  await undo(cluster, entry)
  return 'undone'
}

/** Whether the database of this restore bears its public name; without a database, whether its folder does. */
async function isCommitted(cluster: OdooCluster, entry: RestoreJournal): Promise<boolean> {
  if (entry.step === 'published') return true
  if (entry.step === 'loading') return false
  if (entry.temporaryDatabase === undefined)
    return entry.filestore !== undefined && exists(join(entry.filestore, markerOf(entry)))
  return cluster.withMaintenance(async client => {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1 AND oid = $2', [
      entry.database,
      entry.databaseOid ?? 0,
    ])
    return rowCount === 1
  })
}

/** Puts back what was renamed away, then removes what was made. Each step may have been done before. */
async function undo(cluster: OdooCluster, entry: RestoreJournal): Promise<void> {
  await undoFilestore(entry)
  if (entry.step === 'publishing' && entry.replacedDatabase !== undefined)
    await cluster.withMaintenance(async client => {
      const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [entry.database])
      if (rowCount === 1)
        await client.query(`ALTER DATABASE ${quoteIdentifier(entry.database)} ALLOW_CONNECTIONS true`)
    })
  if (entry.temporaryDatabase === temporaryName(entry.id))
    await dropHiddenDatabase(cluster, entry.temporaryDatabase)
}

async function undoFilestore(entry: RestoreJournal): Promise<void> {
  const { filestore, temporaryFilestore, replacedFilestore } = entry
  if (filestore === undefined || temporaryFilestore === undefined) return
  if (!temporaryFilestore.endsWith(`/.${temporaryName(entry.id)}`)) return
  if (await exists(join(filestore, markerOf(entry)))) await rename(filestore, temporaryFilestore)
  if (replacedFilestore !== undefined && (await exists(replacedFilestore)) && !(await exists(filestore)))
    await rename(replacedFilestore, filestore)
  await rm(temporaryFilestore, { recursive: true, force: true })
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
