import { JobId, type JobView, Progress } from '@odoo-backup/protocol'
import { type KeptFailure, readFailure } from '../jobs/failure.ts'
import { isInLine, timesGivenWay } from '../jobs/give-way.ts'
import { JobData, JobOutcome } from '../jobs/job-data.ts'
import { phaseViews } from '../jobs/phases.ts'
import { KeptProgress } from '../jobs/progress.ts'
import type { ListedJob } from '../queue/job-queue.ts'
import { asWarning } from '../wording/warning.ts'

/**
 * A queued job as every surface shows it at a moment; undefined for what an older or newer agent put in the queue, and
 * for the next run of a schedule, which is no job before its time has come.
 */
export function jobView({ job, state, cancelWanted }: ListedJob, now: Date): JobView | undefined {
  const data = JobData.safeParse(job.data)
  const id = JobId.safeParse(job.id)
  if (!data.success || !id.success || isYetToCome(job, state)) return undefined
  const outcome = JobOutcome.safeParse(job.returnvalue)
  const progress = Progress.safeParse(job.progress).data
  const phases = KeptProgress.safeParse(job.progress).data?.phases
  const failure = lastFailure(job, state)
  const triesAgainAt = nextTry(job, state, failure, now)
  const waits = state === 'waiting' || state === 'delayed'
  const stopped = failure?.code === 'cancelled' || (cancelWanted && waits)
  const next = JobId.safeParse(outcome.data?.next)
  const backup = backupOf(data.data, outcome.data?.backup)
  return {
    id: id.data,
    kind: data.data.kind,
    state: stopped ? 'cancelled' : stateOf(state, triesAgainAt, outcome.data),
    database: data.data.database,
    ...(backup === undefined ? {} : { backup }),
    ...(progress === undefined ? {} : { progress: state === 'completed' ? atEnd(progress) : progress }),
    phases: phaseViews(phases ?? [], job.finishedOn ?? failure?.at),
    createdAt: new Date(job.timestamp).toISOString(),
    ...(job.processedOn == null ? {} : { startedAt: new Date(job.processedOn).toISOString() }),
    ...(job.finishedOn == null ? {} : { finishedAt: new Date(job.finishedOn).toISOString() }),
    attempt: attemptOf(job),
    ...(failure === undefined || stopped
      ? {}
      : { failure: { code: failure.code, message: failure.message } }),
    ...(triesAgainAt === undefined || stopped ? {} : { triesAgainAt: triesAgainAt.toISOString() }),
    warnings: (outcome.data?.warnings ?? []).map(asWarning),
    ...(outcome.data?.neutralised === undefined ? {} : { neutralised: outcome.data.neutralised }),
    ...(next.success ? { next: next.data } : {}),
  }
}

/** The queue delays jobs for other reasons too: such a one waits for its turn. */
function stateOf(
  state: ListedJob['state'],
  triesAgainAt: Date | undefined,
  outcome: JobOutcome | undefined,
): JobView['state'] {
  if (state === 'completed' && outcome?.skipped === true) return 'skipped'
  return state === 'delayed' && triesAgainAt === undefined ? 'waiting' : state
}

/** Why the last run failed; the queue keeps that also of a run before one that was interrupted, and of which it is not. */
function lastFailure(job: ListedJob['job'], state: ListedJob['state']): KeptFailure | undefined {
  if (state === 'completed' || state === 'active' || (job.failedReason ?? '') === '') return undefined
  const failure = readFailure(job.failedReason ?? '')
  const isOfFormerRun = failure.at !== undefined && failure.at < (job.processedOn ?? 0)
  return state !== 'failed' && isOfFormerRun ? undefined : failure
}

/**
 * When a job that failed is tried again, by the pause that the queue counts from the failure on. Undefined where it
 * waits for its turn alone: behind another job, after an interruption, and once the pause is over.
 */
function nextTry(
  job: ListedJob['job'],
  state: ListedJob['state'],
  failure: KeptFailure | undefined,
  now: Date,
): Date | undefined {
  if (state !== 'delayed' || failure?.at === undefined || isInLine(job)) return undefined
  const at = new Date(failure.at + job.delay)
  return at > now ? at : undefined
}

/** Every other job begins at once, so that one which waits for a time without ever having run is a schedule's. */
function isYetToCome(
  { attemptsStarted, attemptsMade }: ListedJob['job'],
  state: ListedJob['state'],
): boolean {
  return state === 'delayed' && (attemptsStarted ?? attemptsMade) === 0
}

/** Runs that found another job at work on the database are none. */
function attemptOf(job: ListedJob['job']): number {
  const started = job.attemptsStarted ?? job.attemptsMade
  return Math.max(Math.min(started, 1), started - timesGivenWay(job))
}

/** Totals are estimates while a job runs; afterwards they are what was done. */
function atEnd({ doneBytes, filesDone, filesTotal }: Progress): Progress {
  return {
    phase: 'done',
    doneBytes,
    totalBytes: doneBytes,
    percent: 100,
    ...(filesDone === undefined ? {} : { filesDone }),
    ...(filesTotal === undefined ? {} : { filesTotal }),
  }
}

function backupOf(data: JobData, made: string | undefined): string | undefined {
  if (made !== undefined) return made
  if (data.kind === 'restore') return data.source.kind === 'stored' ? data.source.backup : undefined
  return data.kind === 'rotate' ? undefined : data.backup
}

export function isFinal(state: JobView['state']): boolean {
  return state === 'completed' || state === 'failed' || state === 'cancelled' || state === 'skipped'
}
