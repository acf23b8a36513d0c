import type { Log } from '@odoo-backup/service'
import { createPostgresBackend, DEFAULT_SCHEMA, isPgPool, Queue, runMigrations, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { Pool } from 'pg'
import { CONNECTION_PATIENCE } from '../../registry/database.ts'

/** Work that is done on a schedule, once across all replicas of the broker. */
export interface ScheduledWork {
  readonly name: string
  readonly everySeconds: number
  readonly run: (signal: AbortSignal) => Promise<unknown>
}

export interface BrokerJobsOptions {
  readonly work: readonly ScheduledWork[]
  readonly databaseUrl: string
  /** Set where several brokers share one load; else the queue lies in PostgreSQL. */
  readonly redis?: { readonly url: string; readonly prefix: string } | undefined
  readonly log: Log
}

export interface BrokerJobs {
  /** Lets the running job end; a long one is told to stop where it can be taken up again. */
  close(): Promise<void>
}

const QUEUE = 'broker'
const MINUTE_MS = 60_000

/** Starts the scheduler and one worker. A job that fails is logged; its next turn comes by the schedule. */
export async function startBrokerJobs(options: BrokerJobsOptions): Promise<BrokerJobs> {
  const { work, log } = options
  const byName = new Map(work.map(one => [one.name, one]))
  const stopping = new AbortController()
  const running = new Set<string>()
  async function run(name: string): Promise<void> {
    const one = byName.get(name)
    // A turn that lasts longer than to the next is that one too: each run does all that is due.
    if (one === undefined || running.has(name)) return
    running.add(name)
    const begun = performance.now()
    try {
      const result = await one.run(stopping.signal)
      log.info({ job: name, result, seconds: (performance.now() - begun) / 1000 }, 'scheduled work is done')
    } catch (error) {
      log.error({ job: name, err: error }, 'scheduled work failed')
      throw error
    } finally {
      running.delete(name)
    }
  }
  const queue =
    options.redis === undefined ? await onPostgres(options, run) : onRedis(options.redis, options, run)
  for (const { name, everySeconds } of work) await queue.schedule(name, everySeconds)
  return {
    async close() {
      stopping.abort(new Error('The broker is shutting down.'))
      await queue.close()
    },
  }
}

interface RunningQueue {
  schedule(name: string, everySeconds: number): Promise<unknown>
  close(): Promise<void>
}
type Run = (name: string) => Promise<void>

/**
 * Sampling may take hours, which hold up no payment: each piece of work has its place. The lock is renewed while the
 * process lives, and a job that lost it is taken up again.
 */
const patient = ({ work }: BrokerJobsOptions) => ({
  concurrency: Math.max(1, work.length),
  lockDuration: MINUTE_MS,
  maxStalledCount: 100,
})

const template = (name: string) => ({ name, opts: { removeOnComplete: 10, removeOnFail: 50 } })

async function onPostgres(options: BrokerJobsOptions, run: Run): Promise<RunningQueue> {
  const { databaseUrl, log } = options
  const onError = (error: Error) => log.error({ err: error }, 'the job queue')
  const pool = new Pool({
    connectionString: databaseUrl,
    max: 4,
    options: `-c search_path=${DEFAULT_SCHEMA}`,
    application_name: 'odoo-backup broker jobs',
    ...CONNECTION_PATIENCE,
  })
  pool.on('error', onError)
  const client = await pool.connect()
  try {
    await runMigrations(client, DEFAULT_SCHEMA)
  } finally {
    client.release()
  }
  const connection: unknown = pool
  if (!isPgPool(connection)) throw new TypeError('BullMQ does not know a pool of pg any more.')
  const queue = new Queue(QUEUE, { connection }, createPostgresBackend)
  const worker = new Worker(
    QUEUE,
    job => run(job.name),
    { connection, ...patient(options) },
    createPostgresBackend,
  )
  queue.on('error', onError)
  worker.on('error', onError)
  return {
    schedule: (name, seconds) => queue.upsertJobScheduler(name, { every: seconds * 1000 }, template(name)),
    async close() {
      await worker.close()
      await queue.close()
      await pool.end()
    },
  }
}

function onRedis(
  { url, prefix }: { readonly url: string; readonly prefix: string },
  options: BrokerJobsOptions,
  run: Run,
): RunningQueue {
  const { log } = options
  const onError = (error: Error) => log.error({ err: error }, 'the job queue')
  const connection = new Redis(url, { maxRetriesPerRequest: null })
  connection.on('error', onError)
  const shared = { connection, prefix: `${prefix}jobs` }
  const queue = new Queue(QUEUE, shared)
  const worker = new Worker(QUEUE, job => run(job.name), { ...shared, ...patient(options) })
  queue.on('error', onError)
  worker.on('error', onError)
  return {
    schedule: (name, seconds) => queue.upsertJobScheduler(name, { every: seconds * 1000 }, template(name)),
    async close() {
      await worker.close()
      await queue.close()
      connection.disconnect()
    },
  }
}
