import { JobId, type JobView, Progress } from '@odoo-backup/protocol'
import { readFailure } from '../jobs/failure.ts'
import { isInLine, timesGivenWay } from '../jobs/give-way.ts'
import { JobData, JobOutcome } from '../jobs/job-data.ts'
import { phaseViews } from '../jobs/phases.ts'
import { KeptProgress } from '../jobs/progress.ts'
import type { ListedJob } from '../queue/job-queue.ts'
import { asWarning } from '../wording/warning.ts'

/**
 * A queued job as every surface shows it; undefined for what an older or newer agent put in the queue, and for the
 * next run of a schedule, which is no job before its time has come.
 */
export function jobView({ job, state, cancelWanted }: ListedJob): JobView | undefined {
  const data = JobData.safeParse(job.data)
  const id = JobId.safeParse(job.id)
  if (!data.success || !id.success || isYetToCome(job, state)) return undefined
  const outcome = JobOutcome.safeParse(job.returnvalue)
  const progress = Progress.safeParse(job.progress).data
  const phases = KeptProgress.safeParse(job.progress).data?.phases
  const failed = state === 'failed' || (state === 'delayed' && (job.failedReason ?? '') !== '')
  const failure = failed ? readFailure(job.failedReason ?? '') : undefined
  const shown = stateOf(job, state, outcome.data)
  const stopped =
    failure?.code === 'cancelled' || (cancelWanted && (state === 'waiting' || state === 'delayed'))
  const next = JobId.safeParse(outcome.data?.next)
  const backup = backupOf(data.data, outcome.data?.backup)
  return {
    id: id.data,
    kind: data.data.kind,
    state: stopped ? 'cancelled' : shown,
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
    ...(shown === 'delayed' && !stopped ? nextTry(failure?.at, job.delay) : {}),
    warnings: (outcome.data?.warnings ?? []).map(asWarning),
    ...(outcome.data?.neutralised === undefined ? {} : { neutralised: outcome.data.neutralised }),
    ...(next.success ? { next: next.data } : {}),
  }
}

function stateOf(
  job: ListedJob['job'],
  state: ListedJob['state'],
  outcome: JobOutcome | undefined,
): JobView['state'] {
  if (state === 'completed' && outcome?.skipped === true) return 'skipped'
  return state === 'delayed' && isInLine(job) ? 'waiting' : state
}

/** The queue counts its pause from the failure on. */
function nextTry(failedAt: number | undefined, pauseMs: number): Pick<JobView, 'triesAgainAt'> {
  return failedAt === undefined ? {} : { triesAgainAt: new Date(failedAt + pauseMs).toISOString() }
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
