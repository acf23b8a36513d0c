import type { Job } from 'bullmq'
import type { JobData, JobOutcome } from '../jobs/job-data.ts'

export type QueuedJob = Job<JobData, JobOutcome>

/** In the order in which a job goes through them. */
export const JOB_STATES = ['waiting', 'delayed', 'active', 'completed', 'failed'] as const
/** Where a job goes back to from `active` that is tried again. */
export const WAITING_STATES = ['delayed', 'waiting'] as const
export type QueueState = (typeof JOB_STATES)[number]

export interface ListedJob {
  readonly job: QueuedJob
  readonly state: QueueState
  readonly cancelWanted: boolean
}

/** A standing order: when `pattern` (a schedule's text) says so, `data` is queued. */
export interface StandingOrder {
  readonly id: string
  readonly pattern: string
  readonly data: JobData
  /** When it is due next, milliseconds since 1970. */
  readonly nextAt?: number
}

export interface WorkerOptions {
  readonly process: (job: QueuedJob, token: string | undefined, signal: AbortSignal) => Promise<JobOutcome>
  readonly parallelJobs: number
  /** A worker that has said nothing for so long is dead, and its job is given to another. */
  readonly silenceMs: number
  readonly onError: (error: Error) => void
}

export interface RunningWorker {
  setParallelJobs(count: number): void
  /** Takes no new job and ends when the running ones have. */
  close(): Promise<void>
}

/** The agent's queue, whatever keeps it. Jobs are run at least once. */
export interface JobQueue {
  add(data: JobData): Promise<string>
  job(id: string): Promise<ListedJob | undefined>
  /** Newest first; of those that ended at most `ended` that did well and as many that did not, 500 by default. */
  jobs(options?: { readonly ended?: number }): Promise<readonly ListedJob[]>
  /** Jobs that wait for a time; each standing order has one. */
  delayed(): Promise<readonly QueuedJob[]>
  /** Lets a job of `delayed` begin as soon as there is a place. Nothing happens where it waits no more. */
  hurry(id: string): Promise<void>
  /** Adds a line to a job's log. The oldest lines go when there are too many. */
  log(id: string, line: string): Promise<void>
  /** The lines that are kept, oldest first; `full` when there are as many as are kept. */
  logOf(id: string): Promise<{ readonly lines: readonly string[]; readonly full: boolean }>
  /** Notes that a job is to stop; its worker, in whatever process, asks for it. */
  wantCancel(id: string): Promise<void>
  isCancelWanted(id: string): Promise<boolean>
  standingOrders(): Promise<readonly StandingOrder[]>
  putStandingOrder(order: StandingOrder): Promise<void>
  removeStandingOrder(id: string): Promise<void>
  /** Workers, of this and other processes, that are connected now. */
  liveWorkers(): Promise<number>
  work(options: WorkerOptions): RunningWorker
  close(): Promise<void>
}
