import type { JobView } from '@odoo-backup/protocol'
import { formatBytes, formatCount, formatMinute, formatSeconds } from './amounts.ts'

type Phase = NonNullable<JobView['progress']>['phase']

const PHASES: Record<Phase, string> = {
  waiting: 'waiting for its turn',
  snapshot: 'opening the database',
  dump: 'the database',
  files: 'the filestore',
  upload: 'sending',
  download: 'fetching',
  load: 'loading the database',
  neutralise: 'neutralising',
  verify: 'checking',
  publish: 'publishing',
  rotate: 'rotating',
  done: 'done',
}

const DOING: Record<JobView['kind'], string> = {
  backup: 'Backup of',
  restore: 'Restore of',
  rotate: 'Rotation of',
  verify: 'Verification of',
  delete: 'Deletion of a backup of',
}

/** What is true of a cancelled job, however far it had come. */
const AFTER_CANCELLING: Record<JobView['kind'], string> = {
  backup: 'What it had begun is removed.',
  restore: 'What it had begun is taken back.',
  rotate: 'What it had deleted by then is gone.',
  verify: 'The backup was not verified.',
  delete: 'The list shows whether the backup is still there.',
}

const FINAL: ReadonlySet<JobView['state']> = new Set(['completed', 'failed', 'cancelled', 'skipped'])

/** What a job is, such as `Backup of shop`. */
export function jobTitle(job: JobView): string {
  return `${DOING[job.kind]} ${job.database}`
}

/** What a cancelled job leaves behind, in a sentence. */
export function afterCancelling({ kind }: Pick<JobView, 'kind'>): string {
  return AFTER_CANCELLING[kind]
}

/** Whether the job's state is final. */
export function isOver(job: JobView): boolean {
  return FINAL.has(job.state)
}

/** How far a running job is, such as `the filestore: 12 MB of 30 MB, 40 %, 8.0 MB/s, 3 s left`. */
export function progressLine(job: JobView): string {
  if (job.triesAgainAt !== undefined) return `last try failed, next one at ${formatMinute(job.triesAgainAt)}`
  if (job.state === 'waiting') return 'waiting for its turn'
  const progress = job.progress
  if (progress === undefined) return 'started'
  if (progress.phase === 'done') return PHASES.done
  const parts = amountDone(progress)
  if (progress.percent !== undefined) parts.push(`${Math.floor(progress.percent)} %`)
  if (progress.filesDone !== undefined)
    parts.push(
      `${formatCount(progress.filesDone)}${progress.filesTotal === undefined ? '' : ` of ${formatCount(progress.filesTotal)}`} files`,
    )
  if (progress.bytesPerSecond !== undefined) parts.push(`${formatBytes(progress.bytesPerSecond)}/s`)
  if (progress.secondsLeft !== undefined) parts.push(`${formatSeconds(progress.secondsLeft)} left`)
  return [PHASES[progress.phase], ...(parts.length === 0 ? [] : [parts.join(', ')])].join(': ')
}

/** Of phases that move no bytes, such as waiting, there is nothing to say. */
function amountDone({ doneBytes, totalBytes }: NonNullable<JobView['progress']>): string[] {
  if (totalBytes !== undefined) return [`${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}`]
  return doneBytes === 0 ? [] : [formatBytes(doneBytes)]
}
