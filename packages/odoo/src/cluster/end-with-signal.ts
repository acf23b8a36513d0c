import type { Client } from 'pg'
import type { OdooCluster } from './cluster.ts'

/**
 * Ends a session of ours as soon as `signal` aborts, whatever it does then: a statement may wait for another session's
 * lock for a long time, and would wait on by itself after its connection is gone. Gives what stops that.
 */
export async function endWithSignal(
  cluster: OdooCluster,
  client: Client,
  signal: AbortSignal | undefined,
): Promise<() => void> {
  if (signal === undefined) return () => undefined
  signal.throwIfAborted()
  const { rows } = await client.query<{ pid: number; database: string }>(
    'SELECT pg_backend_pid() AS pid, current_database() AS database',
  )
  const end = () => {
    terminate(cluster, rows[0])
      .catch(() => undefined)
      // Where that could not be asked for, nobody here waits any longer at least.
      .then(() => client.end())
      .catch(() => undefined)
  }
  signal.throwIfAborted()
  signal.addEventListener('abort', end, { once: true })
  return () => signal.removeEventListener('abort', end)
}

/** Looks at more than the number: whoever has it by then may be a session of Odoo. */
async function terminate(
  cluster: OdooCluster,
  session: { readonly pid: number; readonly database: string } | undefined,
): Promise<void> {
  await cluster.withMaintenance(client =>
    client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE pid = $1 AND datname = $2 AND application_name = current_setting('application_name')`,
      [session?.pid, session?.database],
    ),
  )
}
