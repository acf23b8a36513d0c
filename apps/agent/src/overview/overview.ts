import type {
  BackupView,
  DatabaseName,
  DatabaseOverview,
  DatabaseSettings,
  JobView,
  Overview,
  UnreachablePlace,
} from '@odoo-backup/protocol'
import type { Inventory } from '../operations.ts'
import { daysIn, lastDays } from '../usage/days.ts'
import { isBackupOverdue, isIncluded, newest, newestUpTo, toneOf, worryOf } from './standing.ts'
import { verdictOf } from './verdict.ts'

export interface OverviewFacts {
  /** Complete pairs, in any order. */
  readonly backups: readonly BackupView[]
  /** Places that did not answer, so that what lies there is not among `backups`. */
  readonly unreachable: readonly (UnreachablePlace & Pick<Inventory['unreachable'][number], 'keeps'>)[]
  /** Of every database that exists or has settings. */
  readonly settings: readonly DatabaseSettings[]
  /** Names of the databases of this server; undefined while PostgreSQL does not answer. */
  readonly existing: ReadonlySet<string> | undefined
  /** Undefined while the queue does not answer. */
  readonly jobs: readonly JobView[] | undefined
  /** Since when a database is watched: what was due before is not held against it. */
  readonly watchedSince: (database: string) => Date
  readonly now: Date
  /** Whose days they are; UTC by default. */
  readonly timeZone?: string
}

/** Am I safe? One pass over backups and jobs, then one line per database, by name. */
export function overviewOf(facts: OverviewFacts): Overview {
  const backups = byDatabase(facts.backups)
  const jobs = byDatabase((facts.jobs ?? []).filter(job => job.kind === 'backup'))
  const settings = new Map(facts.settings.map(known => [known.database, known]))
  const days = lastDays(facts.now, 7, facts.timeZone)
  const names = [...new Set([...settings.keys(), ...backups.keys()])].sort()
  const databases = names.map(name =>
    databaseOverview(
      facts,
      name,
      days,
      settings.get(name),
      (backups.get(name) ?? []).filter(backup => !settings.has(name) || backup.foreign !== true),
      jobs.get(name) ?? [],
    ),
  )
  return {
    verdict: verdictOf(databases, [
      ...(facts.existing === undefined ? (['postgres'] as const) : []),
      ...(facts.jobs === undefined ? (['queue'] as const) : []),
      ...(facts.unreachable.length > 0 ? (['storage'] as const) : []),
    ]),
    databases,
    unreachable: facts.unreachable.map(({ keeps: _keeps, ...place }) => place),
    asOf: facts.now.toISOString(),
    backups: facts.backups.length,
    storedBytes: sum(facts.backups.map(backup => backup.sizeBytes)),
  }
}

function databaseOverview(
  facts: OverviewFacts,
  database: DatabaseOverview['database'],
  days: readonly string[],
  settings: DatabaseSettings | undefined,
  backups: readonly BackupView[],
  jobs: readonly JobView[],
): DatabaseOverview {
  const last = newest(backups)
  const lastVerifiedAt = backups
    .flatMap(({ verification }) => (verification?.passed === true ? [verification.at] : []))
    .sort()
    .at(-1)
  const failure = standingFailure(jobs, newestUpTo(facts.now, backups)?.takenAt, facts.now)
  const nextRunAt = settings?.enabled === true ? settings.nextRuns[0] : undefined
  const exists = facts.existing?.has(database) ?? settings !== undefined
  const seen = !facts.unreachable.some(({ keeps }) => keeps(database))
  const overdue = seen && isBackupOverdue(settings, backups, jobs, facts.watchedSince(database), facts.now)
  const failed = failure !== undefined
  const worry = worryOf({ exists, settings, backups, jobs, failed, overdue, seen, now: facts.now })
  const underWay = jobs.find(({ state }) => state === 'active' || state === 'waiting' || state === 'delayed')
  return {
    database,
    exists,
    included: isIncluded(settings),
    tone: toneOf(worry),
    ...(worry === undefined ? {} : { worry }),
    ...(underWay === undefined ? {} : { job: underWay.id }),
    ...(last === undefined ? {} : { lastBackup: last }),
    ...(lastVerifiedAt === undefined ? {} : { lastVerifiedAt }),
    backups: backups.length,
    storedBytes: sum(backups.map(backup => backup.sizeBytes)),
    ...(nextRunAt === undefined ? {} : { nextRunAt }),
    overdue,
    ...(failure === undefined ? {} : { lastFailure: failure }),
    days: sizesOf(days, backups, facts),
  }
}

/** A day of a time zone begins at most so long before the one of UTC that it is called by. */
const FURTHEST_ZONE_MS = 14 * 3_600_000

function sizesOf(
  days: readonly string[],
  backups: readonly BackupView[],
  { timeZone = 'UTC' }: OverviewFacts,
): DatabaseOverview['days'] {
  const dayOf = daysIn(timeZone)
  const since = new Date(Date.parse(days[0] ?? '') - FURTHEST_ZONE_MS).toISOString()
  const sizes = new Map(days.map(day => [day, 0]))
  for (const { takenAt, sizeBytes } of backups) {
    // Of thousands only the newest are looked at closely.
    if (takenAt < since) continue
    const day = dayOf(new Date(takenAt))
    const size = sizes.get(day)
    if (size !== undefined) sizes.set(day, size + sizeBytes)
  }
  return [...sizes].map(([day, sizeBytes]) => ({ day, sizeBytes }))
}

/**
 * Why the last backup that ended failed; undefined once one succeeded after it. `last`: when the newest stored one
 * was begun, as far as is known. What is dated after `now` was dated by a wrong clock and says nothing.
 */
export function standingFailure(
  jobs: readonly JobView[],
  last: string | undefined,
  now: Date,
): DatabaseOverview['lastFailure'] {
  const ended = jobs.filter(
    job => (job.state === 'completed' || job.state === 'failed') && Date.parse(endOf(job)) <= now.getTime(),
  )
  const latest = ended.reduce<JobView | undefined>(
    (a, b) => (a === undefined || endOf(b) > endOf(a) ? b : a),
    undefined,
  )
  if (latest?.state !== 'failed' || latest.failure === undefined) return undefined
  if (last !== undefined && last > endOf(latest)) return undefined
  return { at: endOf(latest), ...latest.failure }
}

const endOf = (job: JobView) => job.finishedAt ?? job.createdAt
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)

export function byDatabase<Item extends { readonly database: DatabaseName }>(
  items: readonly Item[],
): Map<DatabaseName, Item[]> {
  const groups = new Map<DatabaseName, Item[]>()
  for (const item of items) {
    const group = groups.get(item.database)
    if (group === undefined) groups.set(item.database, [item])
    else group.push(item)
  }
  return groups
}
