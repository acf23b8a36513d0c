import type { Log } from '@odoo-backup/service'
import { createPostgresBackend, DEFAULT_SCHEMA, isPgPool, Queue, runMigrations, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { Pool } from 'pg'
import { CONNECTION_PATIENCE } from '../../registry/database.ts'
import { alone } from './alone.ts'
import type { WorkJournal } from './work-journal.ts'

/** Work that is done on a schedule, once across all replicas of the broker. */
export interface ScheduledWork {
  readonly name: string
  readonly everySeconds: number
  /**
   * Rejects where the run failed: it could not go on, or of all that it tried nothing succeeded, for reasons of what it
   * depends on, such as a payment service, a store or a mail server that is away. One of which a part succeeded, or that
   * had nothing to try, is done.
   */
  readonly run: (signal: AbortSignal) => Promise<unknown>
}

export interface BrokerJobsOptions {
  readonly work: readonly ScheduledWork[]
  /** Told how each run goes. */
  readonly journal: WorkJournal
  readonly databaseUrl: string
  /** Set where several brokers share one load; else the queue lies in PostgreSQL. */
  readonly redis?: { readonly url: string; readonly prefix: string } | undefined
  /** So often it is seen to that the queue still knows every turn; each minute unless told. */
  readonly keptEverySeconds?: number
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
  const { work, journal, log } = options
  const byName = new Map(work.map(one => [one.name, one]))
  const stopping = new AbortController()
  // Work is done whether or not it can be noted.
  const note = (noted: Promise<void>) =>
    noted.catch((error: unknown) => log.error({ err: error }, 'noting how scheduled work goes'))
  async function run(name: string): Promise<void> {
    const one = byName.get(name)
    if (one === undefined || stopping.signal.aborted) return
    const begun = performance.now()
    let isNoted = false
    try {
      // The queue gives a job anew whose lock ran out, and a next turn while a long one lasts: each run does all that is
      // due, so that one at a time is enough.
      const { databaseUrl } = options
      const done = await alone({ databaseUrl, name, signal: stopping.signal }, async signal => {
        await note(journal.begun(name))
        try {
          const result = await one.run(signal)
          await note(journal.done(name))
          return result
        } catch (error) {
          // Under the lock, as all the rest: the next run of another broker would be noted before it else. What a broker
          // that ends breaks off is taken up by the next.
          isNoted = true
          await note(stopping.signal.aborted ? journal.brokenOff(name) : journal.failed(name))
          throw error
        }
      })
      const seconds = (performance.now() - begun) / 1000
      if (done === undefined) log.debug({ job: name }, 'another is at this scheduled work')
      else log.info({ job: name, result: done.result, seconds }, 'scheduled work is done')
    } catch (error) {
      log.error({ job: name, err: error }, 'scheduled work failed')
      if (!isNoted && !stopping.signal.aborted) await note(journal.failed(name))
      throw error
    }
  }
  // Before the queue is asked for anything: one that never answers is seen by turns that do not come.
  await note(journal.known(work.map(({ name }) => name)))
  const queue =
    options.redis === undefined ? await onPostgres(options, run) : onRedis(options.redis, options, run)
  for (const { name, everySeconds } of work) await queue.schedule(name, everySeconds)
  const keeper = keepTurns(queue, options)
  return {
    async close() {
      stopping.abort(new Error('The broker is shutting down.'))
      keeper.stop()
      await queue.close()
    },
  }
}

/**
 * A queue may lose what it was given: a Redis that was emptied, or restarted without its data, knows of no turn, and no
 * work would be done until a broker is started. A timer of this process notices.
 */
function keepTurns(
  queue: RunningQueue,
  { work, log, keptEverySeconds = 60 }: BrokerJobsOptions,
): { stop(): void } {
  let [isLooking, isStopped] = [false, false]
  async function keep(): Promise<void> {
    const known = await queue.scheduled()
    const lost = work.filter(({ name }) => !known.includes(name))
    if (lost.length === 0 || isStopped) return
    log.error(
      { jobs: lost.map(({ name }) => name) },
      'the job queue lost its work by the clock: it is given it again',
    )
    for (const { name, everySeconds } of lost) await queue.schedule(name, everySeconds)
  }
  async function look(): Promise<void> {
    // A queue that is away keeps one look waiting, and not one for each minute.
    if (isLooking) return
    isLooking = true
    try {
      await keep()
    } catch (error) {
      if (!isStopped) log.error({ err: error }, 'looking after the job queue')
    } finally {
      isLooking = false
    }
  }
  const timer = setInterval(look, keptEverySeconds * 1000)
  return {
    stop() {
      isStopped = true
      clearInterval(timer)
    },
  }
}

interface RunningQueue {
  schedule(name: string, everySeconds: number): Promise<unknown>
  /** The names of what it knows to be scheduled. */
  scheduled(): Promise<string[]>
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
  // A connection that breaks in use tells so beside the query that fails, and nobody hearing it would end the process.
  client.on('error', onError)
  try {
    await runMigrations(client, DEFAULT_SCHEMA)
  } finally {
    client.off('error', onError)
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
    scheduled: async () => (await queue.getJobSchedulers()).map(({ key }) => key),
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
    scheduled: async () => (await queue.getJobSchedulers()).map(({ key }) => key),
    async close() {
      await worker.close()
      await queue.close()
      connection.disconnect()
    },
  }
}
