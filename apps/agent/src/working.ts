import { setTimeout as delay } from 'node:timers/promises'
import type { ConfigurationStore } from './config/store.ts'
import type { AgentError } from './errors.ts'
import type { JobDependencies } from './jobs/context.ts'
import { createProcessor } from './jobs/process.ts'
import { settleEndedJobs, settleLostJobs } from './jobs/settle-job.ts'
import { undecidedRestores } from './jobs/undecided-restores.ts'
import { sweepUploads, uploadFolderOf, uploadsNeeded } from './jobs/upload-folder.ts'
import type { RunningWorker } from './queue/job-queue.ts'
import type { QueueHolder } from './queue/queue-holder.ts'
import { reconcileOrders, wantedOrders } from './schedule/standing-orders.ts'

/** How soon a change of the configuration made by hand counts. */
const LOOK_MS = 2_000
/** A queue that lost its standing orders (a Redis restarted empty) has them again after so long. */
const RECONCILE_EVERY = 30
/**
 * How soon it is tried to clear up behind jobs that ended while PostgreSQL or the store was away, in turns; each pause
 * is twice as long as the one before: an account that is out of credit may be so for months.
 */
const SETTLE_EVERY = 5
const SETTLE_AT_MOST_EVERY = 150
/** How often uploads are looked through for those that nobody restored: an hour. */
const SWEEP_EVERY = 1_800

export interface WorkingOptions {
  readonly store: ConfigurationStore
  readonly queue: QueueHolder
  readonly dependencies: JobDependencies
  /** Works only where no other worker lives, and leaves the standing orders to the service. */
  readonly alone: boolean
  /** Makes the process that works yield to others, from 0 (not at all) to 19. */
  readonly yieldToOthers: (niceness: number) => void
  readonly warn: (message: string, error?: unknown) => void
  readonly onJobFailure: (
    job: { readonly kind: string; readonly database: string },
    error: AgentError,
  ) => void
}

export interface Working {
  /** Whether a worker elsewhere sees to this job, and not this one. */
  isLeftToOthers(id: string): Promise<boolean>
  /** Interrupts running jobs, which the next worker takes up again, and ends. */
  close(): Promise<void>
}

/** Works off jobs as soon as the queue can be had, keeps its standing orders as the configuration says, for ever. */
export function startWorking(options: WorkingOptions): Working {
  const { store, queue, warn } = options
  const shutdown = new AbortController()
  let worker: RunningWorker | undefined
  const running = new Set<string>()
  let parallelJobs = 0
  let niceness: number | undefined
  let reconciled: unknown
  /** Whether nothing is left of the jobs that have ended, as far as is known. */
  let settled = false
  const told = new Set<string>()
  let settling: Promise<void> | undefined
  let settlePause = SETTLE_EVERY
  let settleAt = 0
  let quiet = false

  const start = async (): Promise<void> => {
    const opened = await queue.get()
    if (options.alone && (await opened.liveWorkers()) > 0) return
    const { parallel_jobs, worker_silence_seconds } = store.current.settings
    parallelJobs = parallel_jobs
    const process = createProcessor({
      dependencies: options.dependencies,
      queue: opened,
      shutdown: shutdown.signal,
      onFailure: (job, error) => options.onJobFailure(job.data, error),
      onUnsettled: () => {
        settled = false
        settlePause = SETTLE_EVERY
        settleAt = 0
      },
    })
    worker = opened.work({
      process: async (job, token, lost) => {
        const id = job.id ?? ''
        running.add(id)
        return process(job, token, lost).finally(() => running.delete(id))
      },
      parallelJobs,
      silenceMs: worker_silence_seconds * 1000,
      onError: error => warn('The worker reports an error.', error),
    })
  }

  /** Beside everything else: it may wait for the lock of a database that is being backed up. */
  const settleAll = async (): Promise<void> => {
    settled = true
    try {
      const all = { dependencies: options.dependencies, queue: await queue.get() }
      const [ended, lost] = await Promise.all([
        settleEndedJobs(all, told, shutdown.signal),
        settleLostJobs(all, told, shutdown.signal),
      ])
      settled = ended && lost && settled
    } catch {
      // The queue is away, which others tell.
      settled = false
    }
    settling = undefined
  }

  /** A queue may be lost at any time, and with it jobs that wait for their next attempt. */
  const isAnyLost = async (): Promise<boolean> => {
    const entries = await options.dependencies.journal.all()
    const opened = await queue.get()
    for (const { id } of entries) if ((await opened.job(id)) === undefined) return true
    return false
  }

  const look = async (turn: number): Promise<void> => {
    const configuration = await store.refresh()
    if (worker === undefined) await start()
    if (configuration.settings.parallel_jobs !== parallelJobs) {
      parallelJobs = configuration.settings.parallel_jobs
      worker?.setParallelJobs(parallelJobs)
    }
    if (worker !== undefined && configuration.settings.nice !== niceness) {
      niceness = configuration.settings.nice
      options.yieldToOthers(niceness)
    }
    if (turn % RECONCILE_EVERY === 0 && (await isAnyLost())) settled = false
    if (!settled && settling === undefined && worker !== undefined && turn >= settleAt) {
      settleAt = turn + settlePause
      settlePause = Math.min(settlePause * 2, SETTLE_AT_MOST_EVERY)
      settling = settleAll()
    }
    if (!options.alone && turn % SWEEP_EVERY === 0) {
      const needed = uploadsNeeded(await (await queue.get()).jobs())
      await sweepUploads(uploadFolderOf(store.path), options.dependencies.now(), needed)
    }
    if (options.alone || (reconciled === configuration && turn % RECONCILE_EVERY !== 0)) return
    const restores = await undecidedRestores(options.dependencies.journal)
    const undecided = new Set<string>(restores.map(({ database }) => database))
    const wanted = wantedOrders(configuration.databases.values(), undecided)
    await reconcileOrders(await queue.get(), wanted, new Date())
    reconciled = undecided.size === 0 ? configuration : undefined
  }

  const looking = (async () => {
    await options.dependencies.handover.sweep(options.dependencies.now()).catch(error => warn(String(error)))
    for (let turn = 0; !shutdown.signal.aborted; turn++) {
      try {
        await look(turn)
        quiet = false
      } catch (error) {
        if (!quiet) warn('The queue cannot be used yet; trying on.', error)
        quiet = true
      }
      await delay(LOOK_MS, undefined, { signal: shutdown.signal }).catch(() => undefined)
    }
  })()

  return {
    isLeftToOthers: async id => {
      if (running.has(id)) return false
      const own = worker === undefined ? 0 : 1
      return (await (await queue.get()).liveWorkers()) > own
    },
    close: async () => {
      shutdown.abort()
      await looking
      await settling
      await worker?.close()
    },
  }
}
