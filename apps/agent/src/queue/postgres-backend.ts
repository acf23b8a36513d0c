import { commitToDisk } from '@odoo-backup/odoo'
import {
  createPostgresBackend,
  DEFAULT_SCHEMA,
  isPgPool,
  type PostgresConnectionOptions,
  runMigrations,
} from 'bullmq'
import pg from 'pg'
import type { QueueBackend } from './bull-queue.ts'

/** Odoo's server has few connections to spare (`db_maxconn`); one of these listens for new jobs. */
const MOST_CONNECTIONS = 5

/**
 * The queue in a database of the agent's own. The database must exist and be hidden from Odoo; its tables are
 * made or brought up to date here.
 */
export async function openPostgresBackend(
  connection: pg.ClientConfig,
  onError: (error: Error) => void,
): Promise<QueueBackend<ReturnType<typeof createPostgresBackend>, PostgresConnectionOptions>> {
  const pool = new pg.Pool({
    ...connection,
    max: MOST_CONNECTIONS,
    options: `-c search_path=${DEFAULT_SCHEMA}`,
    // A job that was accepted outlives a crash of the server, also of one that commits lazily.
    onConnect: commitToDisk,
    keepAlive: true,
    application_name: 'odoo-backup queue',
    connectionTimeoutMillis: 20_000,
  })
  pool.on('error', onError)
  try {
    const client = await pool.connect()
    try {
      await runMigrations(client, DEFAULT_SCHEMA)
    } finally {
      client.release()
    }
  } catch (error) {
    await pool.end()
    throw error
  }
  const shared: unknown = pool
  if (!isPgPool(shared)) throw new TypeError('BullMQ does not know a pool of pg any more.')
  return { factory: createPostgresBackend, forQueue: shared, forWorker: shared, close: () => pool.end() }
}
