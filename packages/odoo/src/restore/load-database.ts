import { types } from 'node:util'
import type { ClientBase } from 'pg'
import type { OdooCluster } from '../cluster/cluster.ts'
import { createHiddenDatabase, shutOutOthers } from '../cluster/hidden-database.ts'
import { fromPostgres } from '../cluster/postgres-error.ts'
import { OdooError } from '../errors.ts'
import { addonsFolders } from '../neutralise/addons.ts'
import { neutralise } from '../neutralise/neutralise.ts'
import { withoutTriggers } from '../neutralise/without-triggers.ts'
import type { RestorableSnapshot } from '../snapshot/snapshot.ts'
import { resetCopy, stopOldSchedules } from './copy-reset.ts'
import { createExtensions } from './extensions.ts'
import { loadDump } from './load-dump.ts'
import type { RestoreJournal, RestoreOptions, RestoreResult } from './options.ts'
import type { RestoreProgress } from './progress.ts'

export interface LoadedDatabase {
  /** By which PostgreSQL knows the database whatever its name; absent when only files are restored. */
  readonly oid?: number
  /** Installed in the loaded database, as far as they have code. */
  readonly modules?: readonly string[]
  readonly result: Pick<RestoreResult, 'dumpBytes' | 'rowCounts' | 'neutralised' | 'warnings'>
}

/** Makes the hidden database of a restore and everything in it: the dump, then what a copy must not keep. */
export async function loadDatabase(
  cluster: OdooCluster,
  snapshot: RestorableSnapshot,
  plan: RestoreJournal,
  options: RestoreOptions,
  progress: RestoreProgress,
): Promise<LoadedDatabase> {
  const database = plan.temporaryDatabase
  if (database === undefined) return { result: { dumpBytes: 0, rowCounts: new Map(), warnings: [] } }
  progress.enter('load', options.expected?.dumpBytes)
  await createHiddenDatabase(cluster, database, cluster.settings.dbTemplate ?? 'template0')
  await shutOutOthers(cluster, database)
  const warnings = await createExtensions(cluster, database, odooMajor(snapshot))
  let dumpBytes = 0
  const counts = await loadDump(cluster, database, snapshot, {
    allowFunctions: options.allowFunctions ?? false,
    onBytes: bytes => {
      dumpBytes += bytes
      progress.add(bytes)
    },
    signal: options.signal,
  })
  if (options.neutralise) progress.enter('neutralise')
  return cluster.withClient(database, async client => {
    const { rows } = await client.query<{ oid: number }>(
      'SELECT oid FROM pg_database WHERE datname = current_database()',
    )
    if (options.copy || options.neutralise) await mustBeOdoo(client)
    await withoutTriggers(client, async () => {
      await stopOldSchedules(client)
      if (options.copy) await resetCopy(client, cluster.settings.httpPort)
    }).catch(cause => {
      throw notReset(cause)
    })
    const neutralised = options.neutralise
      ? await neutralise(client, { addonsPaths: await addonsFolders(cluster.settings) })
      : undefined
    return {
      oid: rows[0]?.oid ?? 0,
      modules: await installedModules(client),
      result: {
        dumpBytes,
        rowCounts: counts.rowCounts,
        ...(neutralised ? { neutralised } : {}),
        warnings: [...warnings, ...counts.warnings],
      },
    }
  })
}

/** What PostgreSQL says of itself may pass; what it says of the database will be so again. */
function notReset(cause: unknown): unknown {
  const known = fromPostgres(cause, 'Making the restored database one of its own')
  if (known instanceof OdooError || !types.isNativeError(cause)) return known
  return new OdooError(
    'load_failed',
    `The restored database could not be made one of its own, so it does not become public. PostgreSQL says: ${cause.message}`,
    { cause },
  )
}

/** Resetting a copy and neutralising change tables that every Odoo has. */
async function mustBeOdoo(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ present: boolean }>(
    `SELECT to_regclass('public.ir_module_module') IS NOT NULL
        AND to_regclass('public.ir_config_parameter') IS NOT NULL AS present`,
  )
  if (!rows[0]?.present)
    throw new OdooError(
      'not_an_odoo_database',
      'The backup holds no Odoo database, so nothing in it can be reset for a copy or neutralised. Restore it as it is: moved, and not neutralised.',
    )
}

/** 16 of 16.0 and of saas~16.4; undefined where the manifest does not say. */
function odooMajor(snapshot: RestorableSnapshot): number | undefined {
  const digits = /\d+/.exec(String(snapshot.manifest?.version_info[0] ?? ''))?.[0]
  return digits === undefined || Number(digits) === 0 ? undefined : Number(digits)
}

/** Without those that were imported as data, which need no code on any server. */
async function installedModules(client: ClientBase): Promise<readonly string[]> {
  const { rows: columns } = await client.query<{ name: string }>(
    "SELECT attname AS name FROM pg_attribute WHERE attrelid = to_regclass('public.ir_module_module') AND attnum > 0",
  )
  const has = new Set(columns.map(({ name }) => name))
  if (!has.has('state')) return []
  const { rows } = await client.query<{ name: string }>(
    `SELECT name FROM public.ir_module_module WHERE state IN ('installed', 'to upgrade', 'to remove')
     ${has.has('imported') ? 'AND imported IS NOT TRUE' : ''} ORDER BY name`,
  )
  return rows.map(({ name }) => name)
}
