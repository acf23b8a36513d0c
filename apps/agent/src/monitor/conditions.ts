import type { BackupDetails, BackupView, DatabaseSettings, JobView, Notice } from '@odoo-backup/protocol'
import { ROTATION_REFUSED } from '../jobs/rotate.ts'
import type { AccountNotice, ConnectionState } from '../operations.ts'
import { byDatabase, standingFailure } from '../overview/overview.ts'
import { isBackupOverdue, newest } from '../overview/standing.ts'
import { isOverdue } from '../schedule/overdue.ts'
import { unusualSize } from './unusual-size.ts'

/** What one look at the agent found. A part that could not be learnt is undefined: it neither raises nor clears. */
export interface Facts {
  readonly connection: ConnectionState | undefined
  /** Why storage cannot be reached, where the account or its rights are the reason. */
  readonly refusal: string | undefined
  readonly postgres: 'answers' | { readonly down: string } | undefined
  readonly backups: readonly BackupView[] | undefined
  /** `.info` of the newest backup of each database. */
  readonly newestDetails: ReadonlyMap<string, BackupDetails>
  readonly settings: readonly DatabaseSettings[] | undefined
  readonly jobs: readonly JobView[] | undefined
  readonly accountNotices: readonly AccountNotice[] | undefined
  readonly watchedSince: (database: string) => Date
  readonly now: Date
}

export type Condition = Omit<Notice, 'raisedAt' | 'clearedAt'>
export type ConditionKind = Notice['kind']

/** The kinds that these facts can judge; what others say stands as it was. */
export function judgedKinds(facts: Facts): ReadonlySet<ConditionKind> {
  const kinds: ConditionKind[] = []
  if (facts.connection !== undefined || facts.refusal !== undefined) kinds.push('storage_disconnected')
  if (facts.postgres !== undefined) kinds.push('postgres_down')
  if (facts.accountNotices !== undefined && facts.connection !== undefined)
    kinds.push('credit_running_out', 'instance_bound', 'account_message')
  if (facts.jobs !== undefined) kinds.push('rotation_refused')
  if (facts.backups !== undefined)
    kinds.push('backup_shrank', 'backup_grew', 'files_missing', 'verification_failed')
  if (facts.backups !== undefined && facts.settings !== undefined && facts.jobs !== undefined)
    kinds.push('backup_overdue', 'backup_failed', 'not_verified')
  return new Set(kinds)
}

/** Everything that the administrator should know now. Pure: the same facts give the same conditions. */
export function findConditions(facts: Facts): Condition[] {
  const judged = judgedKinds(facts)
  return [...ofServer(facts), ...ofRotation(facts), ...ofAccount(facts), ...ofDatabases(facts)].filter(
    ({ kind }) => judged.has(kind),
  )
}

function ofServer(facts: Facts): Condition[] {
  const conditions: Condition[] = []
  if (facts.postgres !== undefined && facts.postgres !== 'answers')
    conditions.push({
      id: 'postgres_down',
      kind: 'postgres_down',
      severity: 'error',
      message: facts.postgres.down,
    })
  const message =
    facts.refusal ??
    (facts.connection?.state === 'login_required'
      ? 'This server is not connected to a backup storage: no backup can be made. Run odoo-backup login, or open the page of backups.'
      : undefined)
  if (message !== undefined)
    conditions.push({ id: 'storage_disconnected', kind: 'storage_disconnected', severity: 'error', message })
  return conditions
}

/** The right belongs to the whole instance: however many databases rotate every night, it is told once. */
function ofRotation({ jobs = [] }: Facts): Condition[] {
  const lastOfDatabase = new Map(
    jobs
      .filter(job => job.kind === 'rotate' && job.state === 'completed')
      .sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1))
      .map(job => [job.database, job]),
  )
  if (![...lastOfDatabase.values()].some(job => job.warnings.includes(ROTATION_REFUSED))) return []
  return [
    { id: 'rotation_refused', kind: 'rotation_refused', severity: 'warning', message: ROTATION_REFUSED },
  ]
}

function ofAccount(facts: Facts): Condition[] {
  const told = (facts.accountNotices ?? []).map(
    (notice): Condition => ({
      id: `account:${notice.id}`,
      kind: notice.kind,
      severity: notice.kind === 'account_message' ? 'info' : 'warning',
      message: notice.message,
    }),
  )
  if (facts.connection?.state !== 'payment_required') return told
  const { message } = facts.connection
  return [...told, { id: 'credit', kind: 'credit_running_out', severity: 'error', message }]
}

function ofDatabases(facts: Facts): Condition[] {
  const backups = byDatabase(facts.backups ?? [])
  const jobs = byDatabase((facts.jobs ?? []).filter(job => job.kind === 'backup'))
  const settings = new Map((facts.settings ?? []).map(known => [known.database, known]))
  const names = new Set([...settings.keys(), ...backups.keys(), ...jobs.keys()])
  return [...names].sort().flatMap(name => {
    const [own, ownJobs, known] = [backups.get(name) ?? [], jobs.get(name) ?? [], settings.get(name)]
    const last = newest(own)
    return [
      ...failed(last, ownJobs),
      ...overdue(facts, own, ownJobs, known),
      ...sized(own),
      ...incomplete(last, facts.newestDetails),
      ...unverified(facts, own, known),
    ].map((condition): Condition => ({ ...condition, id: `${condition.kind}:${name}`, database: name }))
  })
}

type Found = Omit<Condition, 'id' | 'database'>

function failed(last: BackupView | undefined, jobs: readonly JobView[]): Found[] {
  const failure = standingFailure(jobs, last)
  if (failure === undefined) return []
  return [{ kind: 'backup_failed', severity: 'error', message: `The last backup failed. ${failure.message}` }]
}

function overdue(
  facts: Facts,
  backups: readonly BackupView[],
  jobs: readonly JobView[],
  settings: DatabaseSettings | undefined,
): Found[] {
  if (settings === undefined) return []
  const last = newest(backups)
  if (!isBackupOverdue(settings, backups, jobs, facts.watchedSince(settings.database), facts.now)) return []
  const since = last === undefined ? 'there is no backup at all' : `the last backup is of ${last.takenAt}`
  return [
    {
      kind: 'backup_overdue',
      severity: 'error',
      message: `A scheduled backup is missing: ${since}. Look at the jobs.`,
    },
  ]
}

function sized(backups: readonly BackupView[]): Found[] {
  const unusual = unusualSize(backups)
  if (unusual === undefined) return []
  const kind = unusual.direction === 'shrank' ? 'backup_shrank' : 'backup_grew'
  const percent = Math.round(Math.abs(unusual.ratio - 1) * 100)
  const message = `The last backup is ${percent} % ${unusual.direction === 'shrank' ? 'smaller' : 'larger'} than those before it. Check that the database and its filestore are what they should be.`
  return [{ kind, severity: 'warning', message }]
}

function incomplete(last: BackupView | undefined, details: ReadonlyMap<string, BackupDetails>): Found[] {
  const missing = last === undefined ? 0 : (details.get(last.name)?.missingFiles ?? 0)
  if (missing === 0) return []
  const message = `${missing} ${missing === 1 ? 'file that the database names was' : 'files that the database names were'} missing from the filestore when the last backup was made.`
  return [{ kind: 'files_missing', severity: 'warning', message }]
}

function unverified(
  facts: Facts,
  backups: readonly BackupView[],
  settings: DatabaseSettings | undefined,
): Found[] {
  const drilled = backups.flatMap(backup => (backup.verification === undefined ? [] : [backup.verification]))
  const latest = drilled.sort((a, b) => (a.at < b.at ? 1 : -1))[0]
  if (latest?.passed === false)
    return [
      {
        kind: 'verification_failed',
        severity: 'error',
        message: `A backup could not be restored in the drill of ${latest.at}. Make a new backup and verify it.`,
      },
    ]
  if (settings === undefined || settings.drills.length === 0 || backups.length === 0) return []
  const since = facts.watchedSince(settings.database)
  const late = isOverdue(settings.drills, { last: latest && new Date(latest.at), since, now: facts.now })
  return late
    ? [
        {
          kind: 'not_verified',
          severity: 'warning',
          message: 'The scheduled drill did not happen: no backup was verified when it was due.',
        },
      ]
    : []
}
