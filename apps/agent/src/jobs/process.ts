import { DelayedError, UnrecoverableError } from 'bullmq'
import type { AgentError } from '../errors.ts'
import type { JobQueue, QueuedJob } from '../queue/job-queue.ts'
import { warningMessage } from '../wording/warning.ts'
import { runBackup } from './backup.ts'
import type { JobDependencies, JobRun } from './context.ts'
import { runDelete } from './delete.ts'
import { asAgentError, cancelled, writeFailure } from './failure.ts'
import { callNext, giveWay, isBehind, isInLine, isLockHeld, runInLineBefore } from './give-way.ts'
import {
  BackupJob,
  DeleteJob,
  JobData,
  type JobOutcome,
  RestoreJob,
  RotateJob,
  VerifyJob,
} from './job-data.ts'
import { createJobLog, phaseLine } from './job-log.ts'
import { reportProgress } from './progress.ts'
import { runRestore } from './restore.ts'
import { runRotate } from './rotate.ts'
import { currentData, discardHandover, isSettled, settleJob } from './settle-job.ts'
import { runVerify } from './verify.ts'

/** How soon a job notices that it is to stop. */
const CANCEL_CHECK_MS = 1_000
/** A job that the agent's end interrupted is taken up by the next worker after so long. */
const PAUSE_AFTER_SHUTDOWN_MS = 1_000

export interface ProcessorOptions {
  readonly dependencies: JobDependencies
  readonly queue: JobQueue
  /** Ends when the agent shuts down. */
  readonly shutdown: AbortSignal
  readonly onFailure: (job: QueuedJob, error: AgentError) => void
  /** Something of a job that has ended is left, because it could not be cleared up. */
  readonly onUnsettled: () => void
}

/** Runs one job of the queue to its end: done, failed for good, or put back to be tried again. */
export function createProcessor(options: ProcessorOptions) {
  return async (job: QueuedJob, token: string | undefined, lost: AbortSignal): Promise<JobOutcome> => {
    const stop = new AbortController()
    const signal = AbortSignal.any([stop.signal, lost, options.shutdown])
    const log = createJobLog(options.queue, job.id ?? '', options.dependencies)
    const progress = reportProgress({
      write: async step => {
        await job.updateProgress(step).catch(error => options.dependencies.warn(String(error)))
      },
      now: () => options.dependencies.now().getTime(),
      onPhaseEnd: phase => log.add(phaseLine(phase)),
    })
    let endsTurn = true
    const waitInQueue = async (): Promise<never> => {
      if (!isInLine(job))
        log.add(`Another job works on ${job.data.database}. This one waits in the queue for its turn.`)
      endsTurn = false
      await giveWay(job, token)
      throw new DelayedError()
    }
    const unwatch = watchForCancel(options.queue, job.id ?? '', () => stop.abort(cancelled()))
    try {
      if (await options.queue.isCancelWanted(job.id ?? '')) throw cancelled()
      const earlier = await runInLineBefore(options.queue, job)
      if (earlier !== undefined) {
        endsTurn = false
        log.add(
          `Left out: the run before it, job ${earlier.id ?? ''}, waits for its turn yet and does for both.`,
        )
        return { skipped: true, warnings: [{ code: 'run_left_out' }] }
      }
      if (await isBehind(options.queue, job)) await waitInQueue()
      if (!isInLine(job))
        log.add(job.attemptsMade === 0 ? 'The job begins.' : `Attempt ${job.attemptsMade + 1} begins.`)
      await options.dependencies.refresh()
      const outcome = await dispatch(options.dependencies, JobData.parse(job.data), {
        progress,
        signal,
        log: log.add,
        current: () => currentData(options, job),
        note: data => noteData(options.dependencies, job, data),
      })
      await discardHandover(options.dependencies, job.data)
      if (isSettled(JobData.parse(job.data), 'completed'))
        await options.dependencies.journal.forget(job.id ?? '')
      else await clearUp(options, job)
      for (const warning of outcome.warnings) log.add(`Warning: ${warningMessage(warning)}`)
      log.add('Done.')
      return outcome
    } catch (error) {
      if (error instanceof DelayedError) throw error
      if (options.shutdown.aborted && !stop.signal.aborted) {
        log.add('The agent shuts down; the job goes on when it is back.')
        endsTurn = false
        await job.moveToDelayed(Date.now() + PAUSE_AFTER_SHUTDOWN_MS, token)
        throw new DelayedError()
      }
      if (isLockHeld(error) && !stop.signal.aborted) await waitInQueue()
      const failure = stop.signal.aborted ? cancelled(error) : asAgentError(error)
      const last = !failure.retryable || job.attemptsMade + 1 >= (job.opts.attempts ?? 1)
      if (last) await discardHandover(options.dependencies, job.data)
      // Whoever lost the job to another worker leaves everything to that one.
      const whole = last && !lost.aborted ? await clearUp(options, job) : undefined
      if (whole !== undefined) {
        log.add(`The work is whole and stays, though: ${failure.message}`)
        return withFailure(whole, failure)
      }
      log.add(`${last ? 'Failed' : 'Failed, and will be tried again'} (${failure.code}): ${failure.message}`)
      options.onFailure(job, failure)
      const kept = writeFailure(failure, new Date())
      throw last ? new UnrecoverableError(kept) : new Error(kept)
    } finally {
      unwatch()
      // Where the queue is away, the next one looks by itself.
      if (endsTurn) await callNext(options.queue, job).catch(() => undefined)
      await progress.flush()
      await log.flush()
    }
  }
}

async function dispatch(
  dependencies: JobDependencies,
  data: JobData,
  run: Omit<JobRun<JobData>, 'data'>,
): Promise<JobOutcome> {
  const { current } = run
  switch (data.kind) {
    case 'backup':
      return runBackup(dependencies, { ...run, data, current: async () => BackupJob.parse(await current()) })
    case 'restore':
      return runRestore(dependencies, {
        ...run,
        data,
        current: async () => RestoreJob.parse(await current()),
      })
    case 'rotate':
      return runRotate(dependencies, { ...run, data, current: async () => RotateJob.parse(await current()) })
    case 'verify':
      return runVerify(dependencies, { ...run, data, current: async () => VerifyJob.parse(await current()) })
    case 'delete':
      return runDelete(dependencies, { ...run, data, current: async () => DeleteJob.parse(await current()) })
  }
}

/** A failure is told, and what is left is noted in the job's data for a later look. */
async function clearUp(options: ProcessorOptions, job: QueuedJob): Promise<JobOutcome | undefined> {
  const { dependencies, shutdown, onUnsettled } = options
  try {
    return await settleJob(options, job, shutdown)
  } catch (error) {
    dependencies.warn(
      `Clearing up behind the job ${job.id ?? ''} did not end well, and is tried again later: ${asAgentError(error).message}`,
    )
    onUnsettled()
    return undefined
  }
}

/** The work is done and stays; what went wrong after it is told. */
function withFailure(outcome: JobOutcome, failure: AgentError): JobOutcome {
  if (failure.code === 'cancelled') return outcome
  const { code, message } = failure
  return {
    ...outcome,
    warnings: [...outcome.warnings, { code: 'failed_afterwards', failure: { code, message } }],
  }
}

function watchForCancel(queue: JobQueue, id: string, stop: () => void): () => void {
  let asking = false
  const timer = setInterval(async () => {
    if (asking) return
    asking = true
    // A queue that is away for a moment says nothing about the wish.
    if (await queue.isCancelWanted(id).catch(() => false)) stop()
    asking = false
  }, CANCEL_CHECK_MS)
  return () => clearInterval(timer)
}

/** In the journal first: what the queue says may be lost. */
async function noteData({ journal, warn }: JobDependencies, job: QueuedJob, data: JobData): Promise<void> {
  const id = job.id ?? ''
  if (isSettled(data, 'failed')) {
    await job.updateData(data)
    return journal.forget(id)
  }
  await journal.keep(id, data).catch(error => {
    // A backup's traces lie in its folder of the bucket, where rotation finds them: none fails for want of a disk here.
    if (data.kind !== 'backup') throw error
    warn(`What the job ${id} has begun could not be noted beside the configuration file: ${String(error)}`)
  })
  await job.updateData(data)
}
