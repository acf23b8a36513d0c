import type { JobQueue, QueuedJob } from '../queue/job-queue.ts'
import type { JobDependencies } from './context.ts'
import { asAgentError } from './failure.ts'
import { JobData, type JobOutcome } from './job-data.ts'
import { settle } from './settle.ts'

/** The job's data as the queue has it now: another run of the job may have changed it. */
export async function currentData(queue: Pick<JobQueue, 'job'>, job: QueuedJob): Promise<JobData> {
  return JobData.parse((await queue.job(job.id ?? ''))?.job.data ?? job.data)
}

/** Whether nothing can be left of a job that has ended, by what its data says. */
export function isSettled(data: JobData, state: 'completed' | 'failed'): boolean {
  switch (data.kind) {
    case 'backup':
      return (
        data.settled === true ||
        ((data.elsewhere ?? []).length === 0 && (state === 'completed' || data.started === undefined))
      )
    case 'restore': {
      const noted = data.journal ?? data.temporaryFile
      return data.settled === true || state === 'completed' || noted === undefined
    }
    case 'verify':
      // A drill may end well and yet not be able to drop its database.
      return data.settled === true || (data.scratch === undefined && data.temporaryFile === undefined)
    case 'rotate':
    case 'delete':
      return true
  }
}

/** Clears up behind a job that gets no further run, and notes in its data that it is done. See `settle`. */
export async function settleJob(
  dependencies: JobDependencies,
  queue: Pick<JobQueue, 'job'>,
  job: QueuedJob,
  signal: AbortSignal,
): Promise<JobOutcome | undefined> {
  const current = () => currentData(queue, job)
  const outcome = await settle(dependencies, await current(), { current, signal })
  const data = await current()
  if (data.kind !== 'rotate' && data.kind !== 'delete') await job.updateData({ ...data, settled: true })
  return outcome
}

/**
 * Settles every ended job that could not be settled when it ended: PostgreSQL was away, or the store. Gives
 * whether none is left. `told` keeps what was said of each, so that it is said once.
 */
export async function settleEndedJobs(
  dependencies: JobDependencies,
  queue: Pick<JobQueue, 'job' | 'jobs'>,
  told: Set<string>,
  signal: AbortSignal,
): Promise<boolean> {
  let left = 0
  for (const { job, state } of await queue.jobs()) {
    if (state !== 'completed' && state !== 'failed') continue
    const data = JobData.safeParse(job.data)
    if (!data.success || isSettled(data.data, state)) continue
    if (signal.aborted) return false
    try {
      const whole = await settleJob(dependencies, queue, job, signal)
      dependencies.warn(
        whole === undefined || state === 'completed'
          ? `What the job ${job.id ?? ''} had left was cleared up.`
          : `The work of the job ${job.id ?? ''} turns out to be whole, though the job counts as failed.`,
      )
    } catch (error) {
      left++
      const message = `Clearing up behind the job ${job.id ?? ''} does not end well: ${asAgentError(error).message}`
      if (!told.has(message)) dependencies.warn(message)
      told.add(message)
    }
  }
  return left === 0
}
