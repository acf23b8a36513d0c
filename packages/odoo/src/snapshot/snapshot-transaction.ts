import type { Client } from 'pg'
import type { OdooCluster } from '../cluster/cluster.ts'
import { endWithSignal } from '../cluster/end-with-signal.ts'
import { fromPostgres } from '../cluster/postgres-error.ts'

/** A read-only transaction that sees one moment, and the name by which other sessions see the same moment. */
export interface SnapshotTransaction {
  readonly client: Client
  /** For `pg_dump --snapshot`. */
  readonly id: string
  readonly takenAt: Date
  end(): Promise<void>
}

/** Once `signal` aborts, every statement in it fails at once, whatever lock it waits for. */
export async function beginSnapshot(
  cluster: OdooCluster,
  database: string,
  { lockWaitSeconds, signal }: { readonly lockWaitSeconds: number; readonly signal: AbortSignal | undefined },
): Promise<SnapshotTransaction> {
  const client = await cluster.connect(database)
  let letGo = () => {}
  const end = async () => {
    letGo()
    await client.end().catch(() => {})
  }
  try {
    letGo = await endWithSignal(cluster, client, signal)
    // Time limits set for the role must not end a transaction that has to wait for pg_dump.
    await client.query(`SET statement_timeout = 0; SET lock_timeout = ${Math.round(lockWaitSeconds * 1000)}`)
    await client.query('SET idle_in_transaction_session_timeout = 0')
    if ((await cluster.serverVersion()) >= 170_000) await client.query('SET transaction_timeout = 0')
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const { rows } = await client.query<{ id: string; now: Date }>(
      'SELECT pg_export_snapshot() AS id, now() AS now',
    )
    return {
      client,
      id: rows[0]?.id ?? '',
      takenAt: rows[0]?.now ?? new Date(),
      end,
    }
  } catch (error) {
    await end()
    signal?.throwIfAborted()
    throw fromPostgres(error, `Taking a snapshot of ${JSON.stringify(database)}`)
  }
}

/**
 * About how long the plain dump will be: the size of the database without its indexes, which are one line each.
 * TOASTed values are compressed in the tables and not in the dump, so the two are of the same order. Asked of
 * the server in a way that waits for no table's lock.
 */
export async function estimateDump(client: Client): Promise<number> {
  const { rows } = await client.query<{ bytes: string | null }>(
    `SELECT pg_database_size(current_database())
       - (SELECT coalesce(sum(relpages::bigint), 0) FROM pg_class WHERE relkind = 'i')
         * current_setting('block_size')::bigint AS bytes`,
  )
  return Math.max(Number(rows[0]?.bytes ?? 0), 0)
}

/** `database.uuid`, by which Odoo tells databases apart. */
export async function readDatabaseUuid(client: Client): Promise<string | undefined> {
  const { rows } = await client.query<{ value: string | null }>(
    "SELECT value FROM public.ir_config_parameter WHERE key = 'database.uuid'",
  )
  return rows[0]?.value ?? undefined
}
