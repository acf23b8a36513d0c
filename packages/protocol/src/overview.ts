import { z } from 'zod'
import { BackupView, JobId } from './agent-api.ts'
import { DatabaseName } from './names.ts'
import { RemotePlace } from './remote-place.ts'

/** A place for backups that did not answer, so that what lies there is not in this answer. */
export const UnreachablePlace = z.object({
  /** In English, such as `the folder /mnt/nas`. */
  place: z.string(),
  /** The same for any language; absent for those who see single databases. */
  at: RemotePlace.optional(),
  /** Why, as a stable code. */
  code: z.string(),
  message: z.string(),
})
export type UnreachablePlace = z.infer<typeof UnreachablePlace>

/**
 * What can be wrong with the backups of a database, the worst first:
 * `never`: there is none; `damaged`: the last one that was tried did not restore; `overdue`: the schedule wanted one
 * that is not there; `stale`: nothing is scheduled, and the newest is old; `gone`: a schedule runs for a database that
 * is not on the server any more; `hung`: a backup has been running for a day and more; `failed`: the last try failed
 * while older backups still meet the schedule; `unseen`: the place where its backups go does not answer; `unscheduled`: there is a recent one, and nothing will make the next;
 * `awaited`: the schedule is about to make the first.
 */
export const Worry = z.enum([
  'never',
  'damaged',
  'overdue',
  'stale',
  'gone',
  'hung',
  'failed',
  'unseen',
  'unscheduled',
  'awaited',
])
export type Worry = z.infer<typeof Worry>

export const Tone = z.enum(['good', 'warn', 'bad'])
export type Tone = z.infer<typeof Tone>

/** What the first look at one database must tell. */
export const DatabaseOverview = z.object({
  database: DatabaseName,
  /** False: it has backups or settings, but is not on this server (any more). */
  exists: z.boolean(),
  /** False: its schedules are off and it has none, of drills neither, so nobody expects backups of it. */
  included: z.boolean(),
  tone: Tone,
  /** The worst that is to be said of it; absent when there is nothing. */
  worry: Worry.optional(),
  lastBackup: BackupView.optional(),
  /** When a backup of it last passed a drill. */
  lastVerifiedAt: z.iso.datetime().optional(),
  backups: z.int().min(0),
  storedBytes: z.int().min(0),
  nextRunAt: z.iso.datetime().optional(),
  /** A scheduled backup should have been there, and is not. */
  overdue: z.boolean(),
  /** The backup job that waits or runs now. */
  job: JobId.optional(),
  /** Why the last job that made a backup failed; absent once one succeeded after it. */
  lastFailure: z.object({ at: z.iso.datetime(), code: z.string(), message: z.string() }).optional(),
  /** Bytes of the backups of the last seven days of the time zone that was asked for, oldest first, today last. */
  days: z.array(z.object({ day: z.iso.date(), sizeBytes: z.int().min(0) })),
})
export type DatabaseOverview = z.infer<typeof DatabaseOverview>

/** The whole in one word and one colour. Good is said only of what is known to be good. */
export const Verdict = z.object({
  tone: Tone,
  /** `nothing`: nothing was ever backed up or scheduled; `all_gone`: no database is left on the server. */
  word: z.enum(['safe', 'attention', 'unsafe', 'nothing', 'all_gone']),
  /** Which databases each worry is about, the worst first; worries without any are left out. */
  worries: z.array(z.object({ worry: Worry, databases: z.array(DatabaseName) })),
  /** How many databases of the server are meant to be backed up. */
  included: z.int().min(0),
  /** Of these, the oldest of their newest backups. */
  oldestBackupAt: z.iso.datetime().optional(),
  /** Of these, how many had a backup that passed a drill. */
  verified: z.int().min(0),
  /** What did not answer, so that nothing certain can be said. */
  unknown: z.array(z.enum(['postgres', 'queue', 'storage'])),
})
export type Verdict = z.infer<typeof Verdict>

/** What lies in one place. */
export const StoredAt = z.object({
  /** In English, such as `the folder /mnt/nas`. */
  place: z.string(),
  /** The same for any language. */
  at: RemotePlace,
  backups: z.int().min(0),
  storedBytes: z.int().min(0),
})
export type StoredAt = z.infer<typeof StoredAt>

/** `GET /overview`: am I safe? */
export const Overview = z.object({
  verdict: Verdict,
  databases: z.array(DatabaseOverview),
  /** Whose backups are not counted here. */
  unreachable: z.array(UnreachablePlace),
  backups: z.int().min(0),
  storedBytes: z.int().min(0),
  /** The same by place, the fullest first. Absent where there is but one, and for those who see single databases. */
  places: z.array(StoredAt).optional(),
  /** The moment at which all of this was so. */
  asOf: z.iso.datetime(),
  /** Storage is being listed anew meanwhile: ask again in some seconds. */
  refreshing: z.literal(true).optional(),
})
export type Overview = z.infer<typeof Overview>
