import { execFile } from 'node:child_process'
import { rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { OdooCluster } from '../cluster/cluster.ts'
import { commitToDisk } from '../cluster/commit-to-disk.ts'
import { endSessions } from '../cluster/end-sessions.ts'
import { admitOthers } from '../cluster/hidden-database.ts'
import { quoteIdentifier } from '../cluster/quoting.ts'
import { OdooError } from '../errors.ts'
import type { RestoreJournal } from './options.ts'

const execute = promisify(execFile)

/** A file that tells a folder of ours from any other, by whatever name it goes. Removed when all is done. */
export function markerOf(entry: Pick<RestoreJournal, 'id'>): string {
  return `.odoo-backup-restore-${entry.id}`
}

/**
 * Makes a loaded database and its filestore public. The filestore is renamed first (both folders are on one
 * file system); then one transaction renames the old database away, renames the new one and lets Odoo see it:
 * its commit is the moment of the restore. Nobody is connected to the old database from the first step on.
 */
export async function publish(cluster: OdooCluster, entry: RestoreJournal): Promise<void> {
  if (entry.replacedDatabase !== undefined) await closeDatabase(cluster, entry.database)
  if (entry.temporaryFilestore !== undefined) await publishFilestore(entry)
  if (entry.temporaryDatabase !== undefined) await publishDatabase(cluster, entry)
  await removeMarker(entry)
}

export async function removeMarker(entry: RestoreJournal): Promise<void> {
  if (entry.filestore !== undefined) await rm(join(entry.filestore, markerOf(entry)), { force: true })
}

async function publishFilestore(entry: RestoreJournal): Promise<void> {
  const { filestore, temporaryFilestore, replacedFilestore } = entry
  if (filestore === undefined || temporaryFilestore === undefined) return
  await writeFile(join(temporaryFilestore, markerOf(entry)), '')
  // One call for all files: the rename below must not become durable before what it publishes.
  await execute('sync', ['--file-system', temporaryFilestore]).catch(() => {})
  if (replacedFilestore !== undefined) await rename(filestore, replacedFilestore)
  // An empty folder may be in the way; a filled one makes the rename fail.
  else await rmdir(filestore).catch(() => {})
  await rename(temporaryFilestore, filestore).catch(cause => {
    throw new OdooError(
      'filestore_exists',
      `The folder ${filestore} appeared while the backup was being restored. Choose another database name.`,
      { cause },
    )
  })
}

async function publishDatabase(cluster: OdooCluster, entry: RestoreJournal): Promise<void> {
  const target = quoteIdentifier(entry.database)
  const temporary = quoteIdentifier(entry.temporaryDatabase ?? '')
  await cluster.withMaintenance(async client => {
    // The commit must be on disk: it makes all that was loaded before durable, too.
    await commitToDisk(client)
    await client.query('BEGIN')
    if (entry.replacedDatabase !== undefined)
      await client.query(`ALTER DATABASE ${target} RENAME TO ${quoteIdentifier(entry.replacedDatabase)}`)
    await client.query(`ALTER DATABASE ${temporary} RENAME TO ${target}`)
    await client.query(`ALTER DATABASE ${target} IS_TEMPLATE false`)
    await admitOthers(client, entry.database)
    await client.query('COMMIT')
  })
}

/** Lets nobody into a database any more and ends the sessions that are in it. */
async function closeDatabase(cluster: OdooCluster, database: string): Promise<void> {
  await cluster.withMaintenance(async client => {
    await client.query(`ALTER DATABASE ${quoteIdentifier(database)} ALLOW_CONNECTIONS false`)
    await endSessions(client, database)
  })
}
