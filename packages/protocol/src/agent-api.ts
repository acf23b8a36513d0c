import { z } from 'zod'
import { FailureView } from './coded-text.ts'
import { DatabaseName, NewDatabaseName } from './names.ts'
import { PhaseView, Progress } from './progress.ts'
import { RetentionReason } from './retention-reason.ts'
import { AccountCredit } from './vending.ts'
import { Warning } from './warning.ts'

/** What an agent can do as a job. */
export const JobKind = z.enum(['backup', 'restore', 'rotate', 'verify', 'delete'])
export type JobKind = z.infer<typeof JobKind>

export const JobId = z.string().min(1).max(128).brand('JobId')
export type JobId = z.infer<typeof JobId>

/** What the agent's own statements do to a database that is neutralised. */
export const NeutraliseStep = z.enum([
  'outgoing_mail',
  'mail_nowhere',
  'incoming_mail',
  'scheduled_actions',
  'payment_providers',
  'payment_terminals',
  'delivery_carriers',
  'purchase_tokens',
  'other_log_ins',
  'account_tokens',
  'invoicing_test',
  'websites',
  'banner',
  'webhooks',
  'marked',
  'push_devices',
  'service_keys',
  'bank_links',
  'market_keys',
  'telephony',
  'invoice_servers',
])
export type NeutraliseStep = z.infer<typeof NeutraliseStep>

/** What neutralising a database did. */
export const NeutraliseReport = z.object({
  /** Modules whose own `data/neutralize.sql` was run. */
  modules: z.array(z.string()).readonly(),
  /** What the agent's own statements did, each with the number of rows that it changed. */
  statements: z
    .array(
      z.object({
        /** A `NeutraliseStep`; absent in reports of older agents, and another in those of newer ones. */
        step: z.string().optional(),
        /** In English. */
        what: z.string(),
        rows: z.int().min(0),
      }),
    )
    .readonly(),
  /** Installed modules that nothing was run for: they may still do something outside. */
  notCovered: z.array(z.string()).readonly(),
})
export type NeutraliseReport = z.infer<typeof NeutraliseReport>

/** A job as every surface (page, API, command line) shows it. Holds no secret. */
export const JobView = z.object({
  id: JobId,
  kind: JobKind,
  /** `skipped`: a schedule's run that was left out, because the one before it still waited for its turn. */
  state: z.enum(['waiting', 'delayed', 'active', 'completed', 'failed', 'cancelled', 'skipped']),
  database: DatabaseName,
  /** The stored archive that the job makes or reads, once known. */
  backup: z.string().optional(),
  progress: Progress.optional(),
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().optional(),
  finishedAt: z.iso.datetime().optional(),
  attempt: z.int().min(0),
  /** What the present, or last, attempt went through, in order. */
  phases: z.array(PhaseView).default([]),
  /** The job that this one started, such as the rotation after a backup. */
  next: JobId.optional(),
  /** Of a failed job, and of one that waits after its last try failed: a stable code, and what happened and what to do. */
  failure: FailureView.optional(),
  /** Of a job that is `delayed`: when its pause ends. It is tried again then by itself, as soon as there is a place. */
  triesAgainAt: z.iso.datetime().optional(),
  warnings: z.array(Warning).default([]),
  /** Of a restore whose database was neutralised. */
  neutralised: NeutraliseReport.optional(),
})
export type JobView = z.infer<typeof JobView>

/** One line of a job's log. Holds no secret. */
export const JobLogLine = z.object({ at: z.iso.datetime(), text: z.string() })
export type JobLogLine = z.infer<typeof JobLogLine>

/** What a job says of itself, oldest line first. */
export const JobLog = z.object({
  lines: z.array(JobLogLine),
  /** True: there are as many lines as are kept, so that older ones may have gone. */
  full: z.boolean(),
})
export type JobLog = z.infer<typeof JobLog>

/** A stored backup: a complete pair of archive and `.info`. All but `missingFiles` is known from the keys alone. */
export const BackupView = z.object({
  /** Name of the archive, such as `mydb.2026-01-31_04-00-00.zip`; unique in the account's folder. */
  name: z.string(),
  database: DatabaseName,
  /** When it was made, ISO 8601 UTC, to the second. */
  takenAt: z.iso.datetime(),
  sizeBytes: z.int().min(0),
  encrypted: z.boolean(),
  format: z.enum(['zip', 'dump']),
  /** Never rotated, and deleted only after it was unpinned. */
  pinned: z.boolean().optional(),
  /** How the last drill of this very backup ended, and when. */
  verification: z.object({ passed: z.boolean(), at: z.iso.datetime() }).optional(),
  /** True: another instance of the account made it, whose database has the same name. */
  foreign: z.boolean().optional(),
  /** True: no instance says that it made it, as with the former module's. Rotated once it is adopted. */
  unclaimed: z.boolean().optional(),
  /** True: the archive has no `.info`, so that it may be half a backup. Listed only on request. */
  lone: z.boolean().optional(),
  /**
   * Stored files which the database names and the filestore lacked, as `.info` says: more than 0 is worth a warning.
   * Absent where `.info` was not read or does not say.
   */
  missingFiles: z.int().min(0).optional(),
})
export type BackupView = z.infer<typeof BackupView>

/** What `.info` says besides; absent where an older agent or the former module made the backup. */
export const BackupDetails = BackupView.extend({
  instanceId: z.string().optional(),
  odooVersion: z.string().optional(),
  postgresVersion: z.string().optional(),
  modules: z.record(z.string(), z.string()).optional(),
  tables: z.int().min(0).optional(),
  rows: z.int().min(0).optional(),
  dumpBytes: z.int().min(0).optional(),
  files: z.int().min(0).optional(),
  filesBytes: z.int().min(0).optional(),
  durationSeconds: z.number().min(0).optional(),
  warnings: z.array(Warning).default([]),
})
export type BackupDetails = z.infer<typeof BackupDetails>

export const DatabaseView = z.object({
  name: DatabaseName,
  sizeBytes: z.int().min(0),
  /** Of module base, such as `16.0`; absent where the database is not an Odoo database. */
  odooVersion: z.string().optional(),
})
export type DatabaseView = z.infer<typeof DatabaseView>

export const BackupRequest = z.object({ database: DatabaseName })
export type BackupRequest = z.infer<typeof BackupRequest>

/**
 * `copy`: a second database beside the original gets identifiers of its own, as in Odoo's `restore_db`. Where `copy`
 * is left out, a backup is copied unless its original cannot be live beside it (see `RestoreReason`); where
 * `neutralise` is left out, a copy is neutralised.
 */
export const RestoreRequest = z.object({
  source: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('stored'), backup: z.string().min(1).max(1024) }),
    z.object({
      kind: z.literal('file'),
      path: z.string().min(1),
      /** What it was called where it came from, which an upload's path does not tell. */
      name: z.string().min(1).max(1024).optional(),
      /** True of an upload: the file goes once it is restored. */
      removeAfter: z.boolean().optional(),
    }),
  ]),
  database: NewDatabaseName,
  copy: z.boolean().optional(),
  neutralise: z.boolean().optional(),
  /** An existing database of that name is moved aside and kept under a dated name. */
  replace: z.boolean().optional(),
  /** What of the backup is restored; all of it by default. */
  parts: z.enum(['all', 'database', 'filestore']).optional(),
  /** Functions, triggers and rules in the dump are let in: the administrator trusts where it comes from. */
  trustCode: z.boolean().optional(),
  /** The schedules of that name go on; otherwise they are switched off before the database is public. */
  keepSchedules: z.boolean().optional(),
})
export type RestoreRequest = z.infer<typeof RestoreRequest>

/** What rotation would do to one database's backups now, and why. Nothing is touched. */
export const RotationPlan = z.object({
  database: DatabaseName,
  /** The reasons in English, and the same as codes with their particulars. */
  kept: z.array(
    z.object({ backup: BackupView, reasons: z.array(z.string()), texts: z.array(RetentionReason) }),
  ),
  /** One for each rule. */
  rotated: z.array(z.object({ backup: BackupView, reason: z.string(), texts: z.array(RetentionReason) })),
})
export type RotationPlan = z.infer<typeof RotationPlan>

/** How much is stored at the end of a day of the time zone that was asked for, per database and in all. */
export const UsagePoint = z.object({
  day: z.iso.date(),
  sizeBytes: z.int().min(0),
  databases: z.record(z.string(), z.int().min(0)),
})
export type UsagePoint = z.infer<typeof UsagePoint>

/** `GET /account`: the account with the broker; not connected where storage is one's own. */
export const AccountView = z.object({
  connected: z.boolean(),
  /** Masked, such as `a••••@example.com`. */
  email: z.string().optional(),
  credit: AccountCredit.optional(),
})
export type AccountView = z.infer<typeof AccountView>

/** A day on which backups were made that still exist. */
export const CalendarDay = z.object({
  day: z.iso.date(),
  backups: z.int().min(1),
  sizeBytes: z.int().min(0),
  /** How many of them passed their last drill, and how many failed it. */
  verified: z.int().min(0),
  failed: z.int().min(0),
})
export type CalendarDay = z.infer<typeof CalendarDay>

/** One check of `odoo-backup doctor`. */
export const Finding = z.object({
  check: z.string(),
  state: z.enum(['ok', 'warning', 'fault']),
  /** What was found. */
  message: z.string(),
  /** What to do; absent when all is well. */
  advice: z.string().optional(),
})
export type Finding = z.infer<typeof Finding>

/** Look: see everything but content. Operate: back up, verify, cancel. Administer: everything else. */
export const Role = z.enum(['look', 'operate', 'administer'])
export type Role = z.infer<typeof Role>

/** An API token as it is listed; the token itself is shown once, when it is made. */
export const TokenView = z.object({
  name: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'A token name has letters, digits, _ and - alone.'),
  role: Role,
  /** Limits the token to one database. */
  database: DatabaseName.optional(),
  createdAt: z.iso.datetime(),
})
export type TokenView = z.infer<typeof TokenView>

export const TokenRequest = TokenView.omit({ createdAt: true })
export type TokenRequest = z.infer<typeof TokenRequest>
