import { OdooError } from '@odoo-backup/odoo'
import type { JobQueue, QueuedJob } from '../queue/job-queue.ts'
import { JobData } from './job-data.ts'
import { lockNameOf } from './settle.ts'
import { isSettled } from './settle-job.ts'

/*
 * One job at a time works on a database. Another of the same database waits for it in the queue and not in a place
 * among `parallel_jobs`: one long backup must not keep the backups of all other databases waiting. The oldest is
 * called when the one before it has ended; a lock that another program holds is tried again after a while.
 * Of the runs of its schedules one alone waits, or they would pile up where each takes longer than the schedule's
 * interval: BullMQ queues the next run when one is fetched, not when it has ended.
 */

const LONGEST_PAUSE_MS = 30_000

type Waiting = Pick<QueuedJob, 'id' | 'timestamp' | 'data' | 'attemptsMade'> & {
  /** `prevMillis`: when a run of a schedule is due, which is queued long before that. */
  readonly opts: Pick<QueuedJob['opts'], 'prevMillis'>
}
type Running = Pick<QueuedJob, 'data' | 'attemptsMade' | 'updateData'> & {
  moveToDelayed(time: number, token?: string): Promise<void>
}
type Line = Pick<JobQueue, 'hurry'> & { delayed(): Promise<readonly Waiting[]> }

/** Whether a job that waits longer for the same lock has to be let in first; that one is called. */
export async function isBehind(queue: Line, job: Waiting): Promise<boolean> {
  const lock = lockOf(job)
  if (lock === undefined) return false
  const [first] = await othersInLine(queue, job, lock)
  if (first === undefined || compareAge(job, first) < 0) return false
  await queue.hurry(first.id ?? '')
  return true
}

/**
 * The run of a schedule that waits in line already when the next of the same kind and database is due: it does for
 * both. Undefined for a job that no schedule asked for, and for one that has begun anything.
 */
export async function runInLineBefore(
  queue: Pick<Line, 'delayed'>,
  job: Waiting,
): Promise<Waiting | undefined> {
  const { data } = JobData.safeParse(job.data)
  if (data === undefined || !isScheduled(job) || job.attemptsMade > 0 || !isSettled(data, 'failed'))
    return undefined
  const others = await othersInLine(queue, job, lockNameOf(data))
  return others.find(
    other => other.data.kind === data.kind && isScheduled(other) && compareAge(other, job) < 0,
  )
}

/** Whether a run ended because another one works on its database. */
export function isLockHeld(error: unknown): boolean {
  return error instanceof OdooError && error.code === 'lock_held'
}

/** Puts a job that is being run back into the queue; it counts as no attempt. */
export async function giveWay(job: Running, token: string | undefined): Promise<void> {
  const before = timesGivenWay(job)
  await job.updateData({
    ...JobData.parse(job.data),
    gaveWay: before + 1,
    gaveWayAfter: job.attemptsMade,
  })
  await job.moveToDelayed(Date.now() + Math.min(1_000 * 2 ** before, LONGEST_PAUSE_MS), token)
}

/** To be called when a job's run has ended. */
export async function callNext(queue: Line, ended: Waiting): Promise<void> {
  const lock = lockOf(ended)
  if (lock === undefined) return
  const [next] = await othersInLine(queue, ended, lock)
  if (next !== undefined) await queue.hurry(next.id ?? '')
}

export function timesGivenWay(job: Pick<QueuedJob, 'data'>): number {
  return JobData.safeParse(job.data).data?.gaveWay ?? 0
}

/** Whether a job found its database's lock held since its last failure: delayed, it waits for that, not for an attempt. */
export function isInLine(job: Pick<QueuedJob, 'data' | 'attemptsMade'>): boolean {
  const { data } = JobData.safeParse(job.data)
  return timesGivenWay(job) > 0 && (data?.gaveWayAfter ?? 0) === job.attemptsMade
}

async function othersInLine(queue: Pick<Line, 'delayed'>, { id }: Waiting, lock: string): Promise<Waiting[]> {
  const waiting = await queue.delayed()
  return waiting
    .filter(other => other.id !== id && isInLine(other) && lockOf(other) === lock)
    .sort(compareAge)
}

function compareAge(one: Waiting, other: Waiting): number {
  return cameAt(one) - cameAt(other) || ((one.id ?? '') < (other.id ?? '') ? -1 : 1)
}

function cameAt({ opts, timestamp }: Waiting): number {
  return opts.prevMillis ?? timestamp
}

function isScheduled({ data }: Waiting): boolean {
  const job = JobData.safeParse(data).data
  return job !== undefined && 'scheduled' in job && job.scheduled
}

/** Undefined for a job that needs none. */
function lockOf(job: Waiting): string | undefined {
  const { data } = JobData.safeParse(job.data)
  return data === undefined || data.kind === 'rotate' || data.kind === 'delete' ? undefined : lockNameOf(data)
}
