import { Client } from 'pg'
import { CONNECTION_PATIENCE } from '../../registry/database.ts'

/** So often the connection that holds a lock is asked whether it lives. */
const HEARTBEAT_MS = 20_000

/**
 * A server that is told nothing of a dead machine gives the lock up after a minute, instead of hours: another broker
 * takes the work over.
 */
const SOON_GIVEN_UP = `SELECT set_config('tcp_keepalives_idle', '30', FALSE), set_config('tcp_keepalives_interval', '10', FALSE),
  set_config('tcp_keepalives_count', '3', FALSE)`

/** The first key of the lock; the second is the name of the work. */
export const WORK_LOCK = "hashtext('odoo-backup broker work')"

export interface AloneOptions {
  readonly databaseUrl: string
  /** One of all who give the same name to the same database does the work at a time. */
  readonly name: string
  readonly signal: AbortSignal
}

/**
 * Does work while no other process, nor this one, does the same: under a lock of PostgreSQL that ends with its own
 * connection, however the process ends, and whatever the queue takes it for. Work that loses its connection is told so by
 * its signal. Undefined: another is at it.
 */
export async function alone<Result>(
  { databaseUrl, name, signal }: AloneOptions,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<{ readonly result: Result } | undefined> {
  const client = new Client({
    connectionString: databaseUrl,
    application_name: 'odoo-backup broker work',
    ...CONNECTION_PATIENCE,
  })
  const lost = new AbortController()
  const lose = () => lost.abort(new Error('The connection that kept this work to one process is gone.'))
  client.on('error', lose)
  client.on('end', lose)
  const ask = () => void client.query('SELECT 1').catch(lose)
  let heartbeat: NodeJS.Timeout | undefined
  try {
    await client.connect()
    await client.query(SOON_GIVEN_UP)
    const { rows } = await client.query<{ is_ours: boolean }>(
      `SELECT pg_try_advisory_lock(${WORK_LOCK}, hashtext($1)) AS is_ours`,
      [name],
    )
    if (rows[0]?.is_ours !== true) return undefined
    heartbeat = setInterval(ask, HEARTBEAT_MS)
    const ending = AbortSignal.any([signal, lost.signal])
    // What is told to end before it began would never hear of it.
    ending.throwIfAborted()
    return { result: await work(ending) }
  } finally {
    clearInterval(heartbeat)
    await client.end().catch(() => undefined)
  }
}
