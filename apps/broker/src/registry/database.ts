import { PrismaPg } from '@prisma/adapter-pg'
import { Pool } from 'pg'
import { PrismaClient } from './generated/client.ts'
import { GROUPED_QUERY_TIMEOUT_MS } from './grouped-query.ts'

/** The registry's database: Prisma for what is written with care, the pool beneath it for the hottest query. */
export interface RegistryDatabase {
  readonly prisma: PrismaClient
  readonly pool: Pool
  /** Rejects when the database does not answer. */
  ping(): Promise<void>
  close(): Promise<void>
}

/** How long any connection of the broker waits for its server. */
export const CONNECTION_PATIENCE = {
  connectionTimeoutMillis: 10_000,
  statement_timeout: 30_000,
  // Of a server that vanished without a word no answer comes, and no end of the connection either.
  query_timeout: 32_000,
  keepAlive: true,
} as const

export interface RegistryDatabaseOptions {
  readonly databaseUrl: string
  readonly maxConnections: number
  /** Told of connections that break while idle; the pool replaces them by itself. */
  readonly onIdleError: (error: Error) => void
}

/** A connection on which nothing came is replaced soon: whoever asks next would only wait for it. */
const PING = { text: 'SELECT 1', query_timeout: GROUPED_QUERY_TIMEOUT_MS }

export function openRegistryDatabase(options: RegistryDatabaseOptions): RegistryDatabase {
  const pool = new Pool({
    connectionString: options.databaseUrl,
    max: options.maxConnections,
    application_name: 'odoo-backup broker',
    ...CONNECTION_PATIENCE,
  })
  pool.on('error', options.onIdleError)
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) })
  return {
    prisma,
    pool,
    ping: async () => {
      await pool.query(PING)
    },
    close: async () => {
      await prisma.$disconnect()
      await pool.end()
    },
  }
}
