import { withDatabaseLock } from '@odoo-backup/odoo'
import type { JobQueue, QueuedJob } from '../queue/job-queue.ts'
import type { JobDependencies } from './context.ts'
import { asAgentError } from './failure.ts'
import { JobData, type JobOutcome } from './job-data.ts'
import type { JournalEntry } from './job-journal.ts'
import { lockNameOf, settle, settleLocked } from './settle.ts'

export interface Settling {
  readonly dependencies: JobDependencies
  readonly queue: Pick<JobQueue, 'job' | 'jobs'>
}

/**
 * The job's data as it stands now: another run of the job may have changed it. The journal is ahead of the queue,
 * which may have been put back to an earlier state.
 */
export async function currentData({ dependencies, queue }: Settling, job: QueuedJob): Promise<JobData> {
  const id = job.id ?? ''
  return (await dependencies.journal.read(id)) ?? JobData.parse((await queue.job(id))?.job.data ?? job.data)
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
  settling: Settling,
  job: QueuedJob,
  signal: AbortSignal,
): Promise<JobOutcome | undefined> {
  const current = () => currentData(settling, job)
  const outcome = await settle(settling.dependencies, await current(), { current, signal })
  const data = await current()
  if (data.kind !== 'rotate' && data.kind !== 'delete') await job.updateData({ ...data, settled: true })
  await settling.dependencies.journal.forget(job.id ?? '')
  return outcome
}

/**
 * Settles every ended job that could not be settled when it ended: PostgreSQL was away, or the store. Gives
 * whether none is left. `told` keeps what was said of each, so that it is said once.
 */
export async function settleEndedJobs(
  settling: Settling,
  told: Set<string>,
  signal: AbortSignal,
): Promise<boolean> {
  const { dependencies, queue } = settling
  let left = 0
  for (const { job, state } of await queue.jobs()) {
    if (state !== 'completed' && state !== 'failed') continue
    const data = JobData.safeParse(job.data)
    if (!data.success || isSettled(data.data, state)) continue
    if (signal.aborted) return false
    try {
      const whole = await settleJob(settling, job, signal)
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

/**
 * Settles what the journal alone still knows of: the queue has lost those jobs. Each waits for the lock under
 * which a run of it works that may be alive yet. Gives whether none is left.
 */
export async function settleLostJobs(
  { dependencies, queue }: Settling,
  told: Set<string>,
  signal: AbortSignal,
): Promise<boolean> {
  const { journal, warn } = dependencies
  const settleOne = async ({ id, data }: JournalEntry): Promise<boolean> => {
    const known = await queue.job(id)
    if (known !== undefined) {
      // A crash came between the end of its settling and this.
      const { state, job } = known
      const isOver = state === 'completed' || state === 'failed'
      if (isOver && isSettled(JobData.parse(job.data), state)) await journal.forget(id)
      return true
    }
    try {
      const outcome = await settleLost(dependencies, id, data, signal)
      if (outcome === 'nothing') return true
      warn(
        `The queue lost the job ${id} (${data.kind} of ${data.database}). ${
          outcome === undefined
            ? 'What it had left was cleared up; start it again if it is still wanted.'
            : 'Its work turns out to be whole.'
        }`,
      )
      return true
    } catch (error) {
      const message = `Clearing up behind the job ${id}, which the queue lost, does not end well: ${asAgentError(error).message}`
      if (!told.has(message)) warn(message)
      told.add(message)
      return false
    }
  }
  // Beside each other: one of them may have to wait for hours, another has closed a database that people use.
  const ended = await Promise.all((await journal.all()).map(settleOne))
  return ended.every(Boolean)
}

async function settleLost(
  dependencies: JobDependencies,
  id: string,
  data: JobData,
  signal: AbortSignal,
): Promise<JobOutcome | undefined | 'nothing'> {
  const { journal } = dependencies
  return withDatabaseLock(
    await dependencies.cluster(),
    lockNameOf(data),
    async () => {
      const now = await journal.read(id)
      // A run that was alive yet has ended, and settled it.
      if (now === undefined) return 'nothing'
      const outcome = await settleLocked(dependencies, now)
      await discardHandover(dependencies, now)
      await journal.forget(id)
      return outcome
    },
    { signal },
  )
}

/** The password that was handed over for this job alone is needed no more. */
export async function discardHandover({ handover }: JobDependencies, job: unknown): Promise<void> {
  const data = JobData.safeParse(job).data
  if (data !== undefined && 'handover' in data && data.handover !== undefined) {
    await handover.discard(data.handover)
  }
}
