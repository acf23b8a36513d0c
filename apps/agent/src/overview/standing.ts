import type { BackupView, DatabaseSettings, JobView, Tone, Worry } from '@odoo-backup/protocol'
import { isOverdue } from '../schedule/overdue.ts'

const HOUR_MS = 3_600_000
/**
 * A job that runs longer than this, and three times longer than any like it did, excuses nothing: it hangs, or its
 * database outgrew the night.
 */
export const HUNG_AFTER_MS = 24 * HOUR_MS
/** Without a schedule nothing says how old a backup may be; a week is what a company can write down again. */
export const STALE_AFTER_MS = 7 * 24 * HOUR_MS

const TONES: Readonly<Record<Worry, Tone>> = {
  never: 'bad',
  damaged: 'bad',
  overdue: 'bad',
  stale: 'bad',
  gone: 'bad',
  hung: 'warn',
  failed: 'warn',
  unseen: 'warn',
  unscheduled: 'warn',
  awaited: 'warn',
}

export interface Standing {
  readonly exists: boolean
  readonly settings: DatabaseSettings | undefined
  /** Of this instance, in any order. */
  readonly backups: readonly BackupView[]
  /** Backup jobs of this database. */
  readonly jobs: readonly JobView[]
  /** The last try failed and nothing succeeded since. */
  readonly failed: boolean
  readonly overdue: boolean
  /** Whether the place where its backups go has shown them. */
  readonly seen: boolean
  readonly now: Date
}

/**
 * Whether anybody expects backups of a database: not of one whose schedules are off and which has none, of drills
 * neither. One that has drills was not left out: a restore that took its place switched it off.
 */
export function isIncluded(settings: DatabaseSettings | undefined): boolean {
  return settings === undefined || settings.enabled || settings.schedules.length + settings.drills.length > 0
}

/** The worst that is to be said of a database's backups; undefined only where all is known to be well. */
export function worryOf(standing: Standing): Worry | undefined {
  const { settings, backups, jobs, failed, overdue, now } = standing
  const scheduled = settings?.enabled === true && settings.schedules.length > 0
  if (!standing.exists) return scheduled ? 'gone' : undefined
  if (!isIncluded(settings)) return undefined
  if (!standing.seen) return 'unseen'
  const last = newestUpTo(now, backups)
  if (last === undefined) return scheduled && !overdue && !failed ? 'awaited' : 'never'
  if (lastTried(now, backups)?.verification?.passed === false) return 'damaged'
  if (overdue) return 'overdue'
  if (!scheduled && now.getTime() - Date.parse(last.takenAt) > STALE_AFTER_MS) return 'stale'
  if (jobs.some(job => isHung(job, jobs, now))) return 'hung'
  if (failed) return 'failed'
  return scheduled ? undefined : 'unscheduled'
}

export function toneOf(worry: Worry | undefined): Tone {
  return worry === undefined ? 'good' : TONES[worry]
}

/** A scheduled backup should have been there, and is not, and none is being made in reasonable time. */
export function isBackupOverdue(
  settings: DatabaseSettings | undefined,
  backups: readonly BackupView[],
  jobs: readonly JobView[],
  since: Date,
  now: Date,
): boolean {
  const last = newestUpTo(now, backups)
  return !isBeingMade(jobs, now) && isRunMissed(settings, last && new Date(last.takenAt), since, now)
}

/** A scheduled backup should have been there, and is not. `last`: when the newest one was begun. */
export function isRunMissed(
  settings: DatabaseSettings | undefined,
  last: Date | undefined,
  since: Date,
  now: Date,
): boolean {
  if (settings?.enabled !== true) return false
  return isOverdue(settings.schedules, { last, since: since > now ? now : since, now })
}

/** One of these jobs runs, and in reasonable time. */
export function isBeingMade(jobs: readonly JobView[], now: Date): boolean {
  return jobs.some(job => job.state === 'active' && !isHung(job, jobs, now))
}

/** Whether a job runs far too long, also by what the jobs of its kind and database took before. */
export function isHung(job: JobView, jobs: readonly JobView[], now: Date): boolean {
  if (job.state !== 'active') return false
  const usual = jobs.flatMap(({ kind, database, state, startedAt, finishedAt }) =>
    kind === job.kind && database === job.database && state === 'completed' && startedAt && finishedAt
      ? [Date.parse(finishedAt) - Date.parse(startedAt)]
      : [],
  )
  const limitMs = Math.max(HUNG_AFTER_MS, 3 * Math.max(0, ...usual))
  return now.getTime() - Date.parse(job.startedAt ?? job.createdAt) > limitMs
}

export function newest(backups: readonly BackupView[]): BackupView | undefined {
  return backups.reduce<BackupView | undefined>(
    (a, b) => (a === undefined || b.takenAt > a.takenAt ? b : a),
    undefined,
  )
}

/** A clock that once ran ahead left backups of the future; they must not hide that today's are missing. */
export function newestUpTo(now: Date, backups: readonly BackupView[]): BackupView | undefined {
  return newest(backups.filter(backup => isUpTo(now, backup.takenAt)))
}

/** Whether a date is no later than a clock may be ahead: an hour. @param at ISO 8601, in UTC */
export function isUpTo(now: Date, at: string): boolean {
  return at <= new Date(now.getTime() + HOUR_MS).toISOString()
}

/** Of the backups that went through a drill the one that did last; a drill of the future hides none that failed. */
function lastTried(now: Date, backups: readonly BackupView[]): BackupView | undefined {
  return backups.reduce<BackupView | undefined>(
    (a, b) =>
      b.verification !== undefined &&
      isUpTo(now, b.verification.at) &&
      (a?.verification === undefined || b.verification.at > a.verification.at)
        ? b
        : a,
    undefined,
  )
}
