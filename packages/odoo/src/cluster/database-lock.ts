import { createHash } from 'node:crypto'
import type { Client } from 'pg'
import { OdooError } from '../errors.ts'
import type { OdooCluster } from './cluster.ts'
import { fromPostgres } from './postgres-error.ts'

export interface DatabaseLockOptions {
  /** The database whose connection holds the lock; all agents of a cluster must name the same. */
  readonly lockDatabase?: string
  /** Gives up waiting, and aborts the work's own signal. */
  readonly signal?: AbortSignal
  /** What to do while somebody else holds the lock: wait for it, by default, or reject with `lock_held`. */
  readonly ifHeld?: 'wait' | 'refuse'
  /** Called once if the lock is held by somebody else and has to be waited for. */
  readonly onWait?: () => void
  /** How often the connection is tried while the lock is held. */
  readonly heartbeatSeconds?: number
}

/**
 * Runs `work` while holding the advisory lock of a database, waiting for it first. The lock belongs to a
 * connection: when that breaks, PostgreSQL gives the lock to the next, so `work`'s signal is aborted with
 * `lock_lost` and the result is not believed.
 */
export async function withDatabaseLock<T>(
  cluster: OdooCluster,
  database: string,
  work: (signal: AbortSignal) => Promise<T>,
  options: DatabaseLockOptions = {},
): Promise<T> {
  const stop = new AbortController()
  const cancel = () => stop.abort(new OdooError('cancelled', 'The work was cancelled.'))
  if (options.signal?.aborted) cancel()
  options.signal?.addEventListener('abort', cancel, { once: true })
  const client = await cluster.connect(options.lockDatabase ?? (await cluster.maintenanceDatabase()))
  const lost = () => stop.abort(lockLost(database))
  client.on('error', lost).on('end', lost)
  const end = () => void client.end().catch(() => {})
  stop.signal.addEventListener('abort', end, { once: true })
  try {
    await lock(client, database, options)
    stop.signal.throwIfAborted()
    const heartbeat = setInterval(
      () => client.query('SELECT 1').catch(lost),
      (options.heartbeatSeconds ?? 15) * 1000,
    ).unref()
    try {
      const result = await work(stop.signal)
      stop.signal.throwIfAborted()
      return result
    } finally {
      clearInterval(heartbeat)
    }
  } catch (error) {
    throw stop.signal.aborted ? stop.signal.reason : error
  } finally {
    options.signal?.removeEventListener('abort', cancel)
    client.off('error', lost).off('end', lost)
    await client.end().catch(() => {})
  }
}

async function lock(client: Client, database: string, { ifHeld, onWait }: DatabaseLockOptions) {
  const key = lockKey(database)
  try {
    await client.query('SET statement_timeout = 0; SET lock_timeout = 0')
    await client.query(
      "SELECT set_config('idle_session_timeout', '0', false) FROM pg_settings WHERE name = 'idle_session_timeout'",
    )
    const { rows } = await client.query<{ free: boolean }>('SELECT pg_try_advisory_lock($1) AS free', [key])
    if (rows[0]?.free) return
    if (ifHeld === 'refuse') throw lockHeld(database)
    onWait?.()
    await client.query('SELECT pg_advisory_lock($1)', [key])
  } catch (error) {
    throw fromPostgres(error, `Waiting for the lock of ${JSON.stringify(database)}`)
  }
}

/** 64 bits of the name's hash, as decimal text: advisory locks are known by a number. */
function lockKey(database: string): string {
  return createHash('sha256').update(`odoo-backup database ${database}`).digest().readBigInt64BE(0).toString()
}

function lockHeld(database: string): OdooError {
  return new OdooError(
    'lock_held',
    `Another program or job is working on ${JSON.stringify(database)}. Try again when it has ended.`,
    { retryable: true },
  )
}

function lockLost(database: string): OdooError {
  return new OdooError(
    'lock_lost',
    `The connection that held the lock of ${JSON.stringify(database)} broke, so the work was stopped. Try again.`,
    { retryable: true },
  )
}
