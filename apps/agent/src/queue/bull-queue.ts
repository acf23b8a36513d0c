import { createHash, randomUUID } from 'node:crypto'
import { type BackendFactory, type IQueueBackend, Queue, Worker } from 'bullmq'
import { JobData, type JobOutcome } from '../jobs/job-data.ts'
import { nextRunAfter } from '../schedule/next-run.ts'
import { answeredWithin } from './answered-within.ts'
import {
  JOB_STATES,
  type JobQueue,
  type ListedJob,
  type QueuedJob,
  type QueueState,
  WAITING_STATES,
} from './job-queue.ts'

/** How BullMQ reaches what keeps the queue. */
export interface QueueBackend<B extends IQueueBackend, C> {
  readonly factory: BackendFactory<B, C>
  readonly forQueue: C
  readonly forWorker: C
  /** Of Redis keys. */
  readonly prefix?: string
  close(): Promise<void>
}

export interface BullQueueOptions {
  /** Agents that share a server or a Redis have queues of their own by this. */
  readonly instanceId: string
  readonly retryDelayMs: number
  readonly onError: (error: Error) => void
}

/** Failures that time may mend are tried so often, each pause twice as long as the one before. */
const ATTEMPTS = 6
const KEEP = { age: 90 * 86_400, count: 2_000 }
/** Of each state. */
const MOST_LISTED = 500
const MOST_LOG_LINES = 500
const CONNECTS_WITHIN_MS = 10_000
/** How long a worker without jobs may take to end. */
const ENDS_WITHIN_MS = 10_000
/** BullMQ gives a job up after one stall; a server that is rebooted at night must not lose its backup. */
const NO_LIMIT = 1_000_000

/** The queue on BullMQ, with any of its backends. Rejects where the backend does not answer. */
export async function openBullQueue<B extends IQueueBackend, C>(
  backend: QueueBackend<B, C>,
  options: BullQueueOptions,
): Promise<JobQueue> {
  const name = `jobs-${shortId(options.instanceId)}`
  const settings = {
    repeatStrategy: (millis: number, repeat: { pattern?: string }) =>
      repeat.pattern === undefined ? undefined : nextRunAfter(repeat.pattern, new Date(millis)).getTime(),
  }
  const prefix = backend.prefix === undefined ? {} : { prefix: backend.prefix }
  const queue = new Queue<JobData, JobOutcome, string, JobData, JobOutcome, string, B, C>(
    name,
    {
      connection: backend.forQueue,
      ...prefix,
      settings,
      defaultJobOptions: {
        attempts: ATTEMPTS,
        backoff: { type: 'exponential', delay: options.retryDelayMs },
        removeOnComplete: KEEP,
        removeOnFail: KEEP,
        stackTraceLimit: 0,
      },
    },
    backend.factory,
  )
  /** Nobody works on this one: a job in it says that the job of the same id is to stop. */
  const wishes = new Queue<object, object, string, object, object, string, B, C>(
    `cancel-${options.instanceId}`,
    { connection: backend.forQueue, ...prefix },
    backend.factory,
  )
  queue.on('error', options.onError)
  wishes.on('error', options.onError)
  const close = async () => {
    await Promise.all([queue.close(), wishes.close()])
    await backend.close()
  }
  // By itself BullMQ tries to connect for ever.
  const fault = new Promise<never>((_resolve, reject) => {
    queue.once('error', reject)
  })
  const ready = Promise.all([queue.waitUntilReady(), wishes.waitUntilReady()])
  try {
    await answeredWithin(CONNECTS_WITHIN_MS, Promise.race([ready, fault]))
  } catch (error) {
    await close()
    throw error
  }

  /** A wish ends with its job: what has ended cannot be cancelled, and the queue must not grow for ever. */
  const forgetWish = (job: QueuedJob | undefined) => {
    if (job?.finishedOn === undefined) return
    wishes.remove(wishId(job.id ?? '')).catch(options.onError)
  }
  const isCancelWanted = async (id: string) => (await wishes.getJob(wishId(id))) !== undefined
  const hurry = async (id: string) => {
    const job = await queue.getJob(id)
    if (job === undefined || (await job.getState()) !== 'delayed') return
    try {
      await job.promote()
    } catch (error) {
      // Its time may have come meanwhile.
      if ((await job.getState()) === 'delayed') throw error
    }
  }
  const listed = async (job: QueuedJob, state: QueueState): Promise<ListedJob> => ({
    job,
    state,
    cancelWanted: await isCancelWanted(job.id ?? ''),
  })

  return {
    add: async data => {
      const jobId = `${data.kind}-${randomUUID()}`
      await queue.add(data.kind, data, { jobId })
      return jobId
    },
    job: async id => {
      // The state first: a job that is read before it ends has no reason or outcome yet to go with its end.
      const state = stateNamed(await queue.getJobState(id))
      const job = await queue.getJob(id)
      return job === undefined ? undefined : listed(job, state)
    },
    jobs: async ({ ended = MOST_LISTED } = {}) => {
      const listedOf = async (state: QueueState) => {
        const most = state === 'completed' || state === 'failed' ? ended : MOST_LISTED
        return (await queue.getJobs([state], 0, most - 1)).map(job => ({ job, state }))
      }
      // Jobs go on while they are listed. Read in the order in which they go, and those that wait once more for such
      // as went back, each is seen; its last state counts.
      const found = new Map<string | undefined, { readonly job: QueuedJob; readonly state: QueueState }>()
      for (const state of [...JOB_STATES, ...WAITING_STATES])
        for (const seen of await listedOf(state)) found.set(seen.job.id, seen)
      const wanted = new Set((await wishes.getJobs(['waiting'], 0, 9_999)).map(wish => wish.id))
      return [...found.values()]
        .map(({ job, state }) => ({ job, state, cancelWanted: wanted.has(wishId(job.id ?? '')) }))
        .sort((one, other) => other.job.timestamp - one.job.timestamp)
    },
    delayed: async () => await queue.getJobs(['delayed'], 0, MOST_LISTED - 1, true),
    hurry,
    log: async (id, line) => {
      await queue.addJobLog(id, line, MOST_LOG_LINES)
    },
    logOf: async id => {
      const { logs, count } = await queue.getJobLogs(id, 0, MOST_LOG_LINES - 1, true)
      return { lines: logs, full: count >= MOST_LOG_LINES }
    },
    wantCancel: async id => {
      await wishes.add('cancel', {}, { jobId: wishId(id) })
      await hurry(id)
    },
    isCancelWanted,
    standingOrders: async () => {
      const schedulers = await queue.getJobSchedulers(0, -1, true)
      return schedulers.flatMap(({ key, pattern, template, next }) => {
        const data = JobData.safeParse(template?.data)
        if (pattern === undefined || !data.success) return []
        return [{ id: key, pattern, data: data.data, ...(next === undefined ? {} : { nextAt: next }) }]
      })
    },
    putStandingOrder: async ({ id, pattern, data }) => {
      await queue.upsertJobScheduler(id, { pattern }, { name: data.kind, data })
    },
    removeStandingOrder: async id => {
      await queue.removeJobScheduler(id)
    },
    liveWorkers: () => queue.getWorkersCount(),
    work: worker => startWorker(name, backend, { ...prefix, settings }, worker, forgetWish),
    close,
  }
}

function startWorker<B extends IQueueBackend, C>(
  name: string,
  backend: QueueBackend<B, C>,
  shared: { readonly prefix?: string; readonly settings: object },
  options: Parameters<JobQueue['work']>[0],
  onEnd: (job: QueuedJob | undefined) => void,
) {
  const running = new Set<Promise<JobOutcome>>()
  const worker = new Worker<JobData, JobOutcome, string, B, object, C>(
    name,
    (job, token, signal) => {
      const run = options.process(job, token, signal ?? new AbortController().signal)
      running.add(run)
      return run.finally(() => running.delete(run))
    },
    {
      connection: backend.forWorker,
      ...shared,
      concurrency: options.parallelJobs,
      lockDuration: options.silenceMs,
      stalledInterval: options.silenceMs,
      maxStalledCount: NO_LIMIT,
      removeOnComplete: KEEP,
      removeOnFail: KEEP,
    },
    backend.factory,
  )
  worker.on('error', options.onError)
  worker.on('completed', onEnd)
  worker.on('failed', onEnd)
  return {
    setParallelJobs: (count: number) => {
      worker.concurrency = count
    },
    close: async () => {
      const closing = worker.close()
      while (running.size > 0) await Promise.allSettled(running)
      // BullMQ waits for ever where Redis goes away meanwhile.
      await answeredWithin(ENDS_WITHIN_MS, closing).catch(options.onError)
    },
  }
}

function stateNamed(state: string): QueueState {
  return JOB_STATES.find(known => known === state) ?? 'waiting'
}

/**
 * BullMQ finds workers by PostgreSQL's `application_name`, which holds the queue's name in base64 and is cut at 63
 * bytes: a longer name than a UUID makes would hide every worker.
 */
function shortId(instanceId: string): string {
  if (instanceId.length <= 36) return instanceId
  return createHash('sha256').update(instanceId).digest('hex').slice(0, 32)
}

/** BullMQ refuses ids with a colon, which standing orders' jobs have. */
function wishId(id: string): string {
  return createHash('sha256').update(id).digest('hex')
}
