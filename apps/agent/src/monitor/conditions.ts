import {
  type BackupView,
  DatabaseName,
  type DatabaseSettings,
  type JobView,
  type Notice,
  type NoticeText,
  type WarningText,
} from '@odoo-backup/protocol'
import { byDatabase, standingFailure } from '../overview/overview.ts'
import { isBeingMade, isHung, isRunMissed, isUpTo, newestUpTo } from '../overview/standing.ts'
import { isOverdue } from '../schedule/overdue.ts'
import { noticeMessage } from '../wording/notice.ts'
import type { Condition } from './condition.ts'
import type { Facts } from './facts.ts'
import { lastGoodOf } from './last-good.ts'
import { ofDelivery } from './undelivered.ts'
import { unusualSize } from './unusual-size.ts'

/** What is away for less is tried again by itself, and is no news. */
const SILENCE_MS = 3_600_000
/** So long a message of the account, which no event ends, stands among the notices. */
const MESSAGE_MS = 7 * 86_400_000

/** Whether these facts tell if a condition holds; if not, a notice of it stands as it was. */
export function isJudged(facts: Facts, { kind, database }: Pick<Notice, 'kind' | 'database'>): boolean {
  const seen = database === undefined || facts.isSeen(database)
  switch (kind) {
    case 'storage_disconnected':
      return facts.unasked || facts.connection !== undefined || facts.refusal !== undefined
    case 'storage_unreachable':
      return facts.unasked || facts.silences !== undefined
    case 'configuration_faulty':
      return facts.configurationFaults !== undefined
    case 'postgres_down':
      return facts.postgres !== undefined
    case 'queue_down':
      // A queue in PostgreSQL is away with it, which is one thing to mend.
      return facts.queue !== undefined && facts.postgres === 'answers'
    case 'credit_running_out':
      return facts.unasked || (facts.accountNotices !== undefined && facts.connection !== undefined)
    case 'instance_bound':
    case 'account_message':
      return facts.accountNotices !== undefined && facts.connection?.state === 'connected'
    case 'rotation_refused':
    case 'runs_long':
    case 'backup_failed':
      return facts.jobs !== undefined
    case 'backup_overdue':
      return facts.settings !== undefined
    case 'backup_shrank':
    case 'backup_grew':
    case 'verification_failed':
      return seen
    case 'not_verified':
      return seen && facts.settings !== undefined
    case 'notice_undelivered':
    case 'ping_undelivered':
      return true
    case 'files_missing':
      return seen && database !== undefined && areMissingFilesKnown(facts, database)
  }
}

/** A database that is gone has no files to miss; of one that is only not shown now nothing is known. */
function areMissingFilesKnown(facts: Facts, database: string): boolean {
  if (facts.settings === undefined) return false
  if (!facts.settings.some(known => known.database === database)) return facts.postgres === 'answers'
  const own = facts.backups.filter(backup => backup.database === database)
  const last = newestUpTo(facts.now, own)
  return last === undefined || facts.missingFiles.has(last.name)
}

/** Everything that the administrator should know now. Pure: the same facts give the same conditions. */
export function findConditions(facts: Facts): Condition[] {
  const found = [
    ...ofServer(facts),
    ...ofConfiguration(facts),
    ...ofSilence(facts),
    ...ofJobs(facts),
    ...ofRotation(facts),
    ...ofAccount(facts),
    ...ofDatabases(facts),
    ...ofDelivery(facts),
  ]
  return found.filter(condition => isJudged(facts, condition))
}

function ofServer(facts: Facts): Condition[] {
  const conditions: Condition[] = []
  if (facts.postgres !== undefined && facts.postgres !== 'answers')
    conditions.push({
      id: 'postgres_down',
      kind: 'postgres_down',
      severity: 'error',
      ...saying({ code: 'postgres_down', failure: facts.postgres.down }),
    })
  if (facts.queue !== undefined && facts.queue !== 'answers')
    conditions.push({
      id: 'queue_down',
      kind: 'queue_down',
      severity: 'error',
      ...saying({ code: 'queue_down', failure: facts.queue.down }),
    })
  const disconnected = disconnection(facts)
  if (disconnected !== undefined)
    conditions.push({
      id: 'storage_disconnected',
      kind: 'storage_disconnected',
      severity: 'error',
      ...saying(disconnected),
    })
  return conditions
}

function disconnection({ refusal, connection }: Facts): NoticeText | undefined {
  if (refusal !== undefined) return { code: 'storage_disconnected', failure: refusal }
  return connection?.state === 'login_required' ? { code: 'not_connected' } : undefined
}

/** A text, and the same in English. */
function saying(text: NoticeText): Pick<Notice, 'text' | 'message'> {
  return { text, message: noticeMessage(text) }
}

/** A file that somebody has just begun to change may be whole within minutes, yet what it does is done at once. */
function ofConfiguration({ configurationFaults = [] }: Facts): Condition[] {
  return configurationFaults.map(({ database, effect, message }): Condition => {
    const name = DatabaseName.safeParse(database).data
    return {
      id: `configuration_faulty${database === undefined ? '' : `:${database}`}`,
      kind: 'configuration_faulty',
      severity: 'error',
      ...(name === undefined ? {} : { database: name }),
      ...saying({ code: 'configuration_faulty', effect, words: message }),
    }
  })
}

/** Each silent place once, whoever met its silence. */
function ofSilence({ silences = [], silentSince, now }: Facts): Condition[] {
  return [...new Map(silences.map(silence => [silence.place, silence])).values()].flatMap(
    ({ place, at, refused, failure }): Condition[] => {
      const since = silentSince(place) ?? now
      if (!refused && now.getTime() - since.getTime() < SILENCE_MS) return []
      const text: NoticeText = refused
        ? { code: 'storage_refused', place: at, failure }
        : { code: 'storage_silent', place: at, since: since.toISOString(), failure }
      const id = `storage_unreachable:${place}`
      return [{ id, kind: 'storage_unreachable', severity: 'error', ...saying(text) }]
    },
  )
}

function ofJobs({ jobs = [], now }: Facts): Condition[] {
  return jobs
    .filter(job => isHung(job, jobs, now))
    .map(({ id, kind, database, startedAt, createdAt }) => ({
      id: `runs_long:${id}`,
      kind: 'runs_long',
      severity: 'warning',
      database,
      ...saying({ code: 'runs_long', job: id, jobKind: kind, since: startedAt ?? createdAt }),
    }))
}

/**
 * Each is told once, however many databases rotate every night. That one rotates in peace says nothing of another: it may
 * keep everything, or have a place of its own. One that is gone rotates no more, so that its last word would stand for ever.
 */
function ofRotation({ jobs = [], settings, postgres }: Facts): Condition[] {
  const newestFirst = jobs
    .filter(job => job.kind === 'rotate' && job.state === 'completed')
    .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
  const lastOfEach = newestFirst.filter(
    ({ database }, index) => newestFirst.findIndex(job => job.database === database) === index,
  )
  const told: Condition[] = []
  const tell = (id: string, text: NoticeText) =>
    told.push({ id, kind: 'rotation_refused', severity: 'warning', ...saying(text) })
  const isTold = (code: WarningText['code'], job: JobView) =>
    job.warnings.some(({ text }) => text.code === code)
  const isGone = ({ database }: JobView) =>
    postgres === 'answers' && settings?.some(known => known.database === database) === false
  if (lastOfEach.some(job => isTold('rotation_refused', job) && !isGone(job)))
    tell('rotation_refused', { code: 'rotation_refused' })
  if (lastOfEach.some(job => isTold('former_backups_stay', job)))
    tell('rotation_refused:former', { code: 'former_backups_stay' })
  return told
}

/** What was told before this agent was connected to the account was told to others; what is a week old has passed. */
function ofAccount(facts: Facts): Condition[] {
  const { accountNotices = [], accountSince, now } = facts
  const isNews = (at: number) =>
    accountSince !== undefined && at > accountSince.getTime() && now.getTime() - at < MESSAGE_MS
  const told = accountNotices
    .filter(({ kind, at }) => kind === 'credit_running_out' || isNews(Date.parse(at)))
    .map(
      (notice): Condition => ({
        id: `account:${notice.id}`,
        kind: notice.kind,
        severity: notice.kind === 'account_message' ? 'info' : 'warning',
        ...saying({ code: notice.kind, words: notice.message }),
      }),
    )
  if (facts.connection?.state !== 'payment_required') return told
  const text: NoticeText = { code: 'credit_lacking', words: facts.connection.message }
  return [...told, { id: 'credit', kind: 'credit_running_out', severity: 'error', ...saying(text) }]
}

function ofDatabases(facts: Facts): Condition[] {
  const backups = byDatabase(facts.backups)
  const jobs = byDatabase((facts.jobs ?? []).filter(job => job.kind === 'backup'))
  const settings = new Map((facts.settings ?? []).map(known => [known.database, known]))
  const names = new Set([...settings.keys(), ...backups.keys(), ...jobs.keys()])
  return [...names].sort().flatMap(name => {
    const [own, ownJobs, known] = [backups.get(name) ?? [], jobs.get(name) ?? [], settings.get(name)]
    const last = lastGoodOf(facts, name, own, ownJobs)
    return [
      ...failed(last, ownJobs, facts.now),
      ...overdue(facts, last, ownJobs, known),
      ...sized(own.filter(({ takenAt }) => isUpTo(facts.now, takenAt))),
      ...incomplete(newestUpTo(facts.now, own), facts.missingFiles),
      ...unverified(facts, own, known),
    ].map((condition): Condition => ({ ...condition, id: `${condition.kind}:${name}`, database: name }))
  })
}

type Found = Omit<Condition, 'id' | 'database'>

function failed(last: Date | undefined, jobs: readonly JobView[], now: Date): Found[] {
  const standing = standingFailure(jobs, last?.toISOString(), now)
  if (standing === undefined) return []
  const failure = { code: standing.code, message: standing.message }
  return [{ kind: 'backup_failed', severity: 'error', ...saying({ code: 'backup_failed', failure }) }]
}

/** One that is being made may be the missing one: it keeps the notice from being raised, but clears none. */
function overdue(
  facts: Facts,
  last: Date | undefined,
  jobs: readonly JobView[],
  settings: DatabaseSettings | undefined,
): Found[] {
  if (settings === undefined) return []
  if (!isRunMissed(settings, last, facts.watchedSince(settings.database), facts.now)) return []
  const lastAt = last?.toISOString()
  return [
    {
      kind: 'backup_overdue',
      severity: 'error',
      ...saying({ code: 'backup_overdue', ...(lastAt === undefined ? {} : { lastAt }) }),
      postponed: isBeingMade(jobs, facts.now),
    },
  ]
}

function sized(backups: readonly BackupView[]): Found[] {
  const unusual = unusualSize(backups)
  if (unusual === undefined) return []
  const kind = unusual.direction === 'shrank' ? 'backup_shrank' : 'backup_grew'
  const percent = Math.round(Math.abs(unusual.ratio - 1) * 100)
  return [{ kind, severity: 'warning', ...saying({ code: kind, percent }) }]
}

function incomplete(last: BackupView | undefined, missingFiles: Facts['missingFiles']): Found[] {
  const files = last === undefined ? 0 : (missingFiles.get(last.name) ?? 0)
  if (files === 0) return []
  return [{ kind: 'files_missing', severity: 'warning', ...saying({ code: 'files_missing', files }) }]
}

function unverified(
  facts: Facts,
  backups: readonly BackupView[],
  settings: DatabaseSettings | undefined,
): Found[] {
  const drilled = backups.flatMap(backup => backup.verification ?? [])
  const latest = drilled.filter(({ at }) => isUpTo(facts.now, at)).sort((a, b) => (a.at < b.at ? 1 : -1))[0]
  if (latest?.passed === false)
    return [
      {
        kind: 'verification_failed',
        severity: 'error',
        ...saying({ code: 'verification_failed', at: latest.at }),
      },
    ]
  if (settings === undefined || settings.drills.length === 0 || backups.length === 0) return []
  const since = facts.watchedSince(settings.database)
  const late = isOverdue(settings.drills, { last: latest && new Date(latest.at), since, now: facts.now })
  return late ? [{ kind: 'not_verified', severity: 'warning', ...saying({ code: 'not_verified' }) }] : []
}
