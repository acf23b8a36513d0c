import { userInfo } from 'node:os'
import { createHiddenDatabase, type OdooCluster, OdooError } from '@odoo-backup/odoo'
import { AgentError } from '../errors.ts'
import { messageOf, systemErrorCode } from '../system-error.ts'
import { openBullQueue } from './bull-queue.ts'
import type { JobQueue } from './job-queue.ts'
import { openPostgresBackend } from './postgres-backend.ts'
import { openRedisBackend } from './redis-backend.ts'

export interface OpenQueueOptions {
  /** `postgres`, or the address of a Redis server. */
  readonly queue: string
  /** The queue's database, for `postgres`. */
  readonly database: string
  readonly instanceId: string
  readonly cluster: OdooCluster
  readonly retryDelayMs: number
  readonly onError: (error: Error) => void
}

/** Opens the queue where the configuration says. Its errors tell PostgreSQL down from a database that must be made. */
export async function openQueue(options: OpenQueueOptions): Promise<JobQueue> {
  const { instanceId, retryDelayMs, onError } = options
  const shared = { instanceId, retryDelayMs, onError }
  if (options.queue !== 'postgres') {
    try {
      return await openBullQueue(openRedisBackend(options.queue, 'odoo-backup'), shared)
    } catch (error) {
      throw unreachableRedis(options.queue, error)
    }
  }
  await makeDatabase(options)
  try {
    const connection = await options.cluster.connectionConfig(options.database)
    return await openBullQueue(await openPostgresBackend(connection, onError), shared)
  } catch (error) {
    throw unreachablePostgres(error)
  }
}

async function makeDatabase({ cluster, database }: OpenQueueOptions): Promise<void> {
  try {
    await createHiddenDatabase(cluster, database)
  } catch (error) {
    if (!(error instanceof OdooError) || error.code !== 'role_lacks_right') throw error
    const owner = cluster.settings.dbUser ?? userInfo().username
    throw new AgentError(
      'queue_database_missing',
      `The PostgreSQL role ${owner} may not create the database for the agent's queue. Run this once:\n  sudo -u postgres psql -c 'CREATE DATABASE "${database}" OWNER "${owner}" IS_TEMPLATE true'`,
      { cause: error },
    )
  }
}

function unreachablePostgres(error: unknown): unknown {
  if (error instanceof AgentError) return error
  return new AgentError(
    'queue_unreachable',
    `The agent's queue in PostgreSQL cannot be used (${messageOf(error)}). Check that PostgreSQL runs.`,
    { cause: error },
  )
}

function unreachableRedis(url: string, error: unknown): AgentError {
  const host = URL.canParse(url) ? new URL(url).host : 'Redis'
  return new AgentError(
    'queue_unreachable',
    `Redis at ${host} does not answer (${systemErrorCode(error) ?? 'no connection'}). Check odoo_backup_sh_queue and that Redis runs.`,
    { cause: error },
  )
}
