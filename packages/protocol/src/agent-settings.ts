import { z } from 'zod'
import { DatabaseName } from './names.ts'

const TimeZone = z.string().min(1).max(64).describe('IANA name, such as `Europe/Berlin`')

/** When a database is backed up. A database may have several; a missed run is made up once. */
export const Schedule = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('every'),
    every: z.int().min(1).max(1000),
    unit: z.enum(['minutes', 'hours', 'days', 'weeks', 'months']),
    /** Wall clock `HH:MM` in `timeZone`; of days, weeks and months alone. */
    at: z
      .string()
      .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'A time is written HH:MM.')
      .optional(),
    timeZone: TimeZone.default('UTC'),
  }),
  z.object({
    kind: z.literal('cron'),
    expression: z.string().min(9).max(200),
    timeZone: TimeZone.default('UTC'),
  }),
])
export type Schedule = z.infer<typeof Schedule>

/** How many backups of a frame stay: none of its own, the last of each of the N most recent, or of all. */
export const RetentionLimit = z.union([z.literal('off'), z.literal('all'), z.int().min(1).max(1_000_000)])
export type RetentionLimit = z.infer<typeof RetentionLimit>

/** All frames off: everything is kept. */
export const RetentionSettings = z.object({
  hourly: RetentionLimit.default('off'),
  daily: RetentionLimit.default('off'),
  weekly: RetentionLimit.default('off'),
  monthly: RetentionLimit.default('off'),
  yearly: RetentionLimit.default('off'),
  keepAtLeast: z.int().min(0).max(1_000_000).default(0),
})
export type RetentionSettings = z.infer<typeof RetentionSettings>

/** Without the defaults above: a frame that is not named stays as it is. */
export const RetentionChange = z
  .strictObject({
    hourly: RetentionLimit,
    daily: RetentionLimit,
    weekly: RetentionLimit,
    monthly: RetentionLimit,
    yearly: RetentionLimit,
    keepAtLeast: z.int().min(0).max(1_000_000),
  })
  .partial()
export type RetentionChange = z.infer<typeof RetentionChange>

/** Where backups go, without its secrets. `folder` of a directory is its path. */
export const StorageView = z.object({
  kind: z.enum(['broker', 'own', 'directory']),
  broker: z.url().optional(),
  endpoint: z.url().optional(),
  region: z.string().optional(),
  bucket: z.string().optional(),
  folder: z.string().optional(),
  pathStyle: z.boolean().optional(),
  accessKeyId: z.string().optional(),
})
export type StorageView = z.infer<typeof StorageView>

const text = z.string().min(1).max(2000)

/** A destination is changed as a whole: what is absent here is not kept, its keys neither. */
export const DestinationChange = z.strictObject({
  kind: z.enum(['broker', 'own', 'directory']),
  endpoint: z.url({ protocol: /^https?$/ }).optional(),
  region: text.optional(),
  bucket: text.optional(),
  folder: text.optional(),
  pathStyle: z.boolean().optional(),
  accessKeyId: text.optional(),
  secretAccessKey: text.optional(),
})
export type DestinationChange = z.infer<typeof DestinationChange>

/**
 * Which state of settings an answer shows: another one as soon as one of them, a secret too, is another. Sent back as
 * `If-Match: "REVISION"`, a change is refused (`settings_changed`) where somebody else was faster.
 */
const Revision = z.string().regex(/^[\w-]{1,64}$/)

/** The same of each secret that is set, by the member of a change that sets it, such as `notices.smtpPassword`. */
const SecretRevisions = z.record(z.string(), Revision).default({})

/** What the configuration file says of one database, without its secrets. */
export const DatabaseSettings = z.object({
  database: DatabaseName,
  revision: Revision,
  secretRevisions: SecretRevisions,
  /** Whether its schedules run. */
  enabled: z.boolean(),
  schedules: z.array(Schedule),
  format: z.enum(['zip', 'dump']),
  encrypted: z.boolean(),
  /** Eight hexadecimal digits by which two passwords can be told apart; absent without a password. */
  passwordFingerprint: z.string().optional(),
  retention: RetentionSettings,
  /** When the latest backup is restored into a scratch database and checked. */
  drills: z.array(Schedule),
  /** Called after each good backup, for dead-man's-switch services. It is a secret: shown as its origin alone. */
  pingUrl: z.string().optional(),
  /** Where its backups go; absent: where the agent's go. */
  destination: StorageView.optional(),
  /** Times of the next runs, ISO 8601 UTC, at most five. */
  nextRuns: z.array(z.iso.datetime()).default([]),
})
export type DatabaseSettings = z.infer<typeof DatabaseSettings>

/** A change of one database's settings: what is absent stays as it is; `null` removes. */
export const DatabaseSettingsChange = z.strictObject({
  enabled: z.boolean().optional(),
  schedules: z.array(Schedule).max(20).optional(),
  format: z.enum(['zip', 'dump']).optional(),
  encrypted: z.boolean().optional(),
  encryptionPassword: z.string().min(1).max(1024).nullable().optional(),
  /** Must be true to switch encryption on or to change its password: without it, backups are lost for ever. */
  passwordKeptElsewhere: z.boolean().optional(),
  retention: RetentionChange.optional(),
  drills: z.array(Schedule).max(20).optional(),
  pingUrl: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .nullable()
    .optional(),
  /** `null`: where the agent's backups go. */
  destination: DestinationChange.nullable().optional(),
})
export type DatabaseSettingsChange = z.infer<typeof DatabaseSettingsChange>

/** How many jobs of different databases may run at a time. */
export const MOST_PARALLEL_JOBS = 16
const ParallelJobs = z.int().min(1).max(MOST_PARALLEL_JOBS)

/** Settings of the agent as a whole that people change, without their secrets. */
export const AgentSettings = z.object({
  revision: Revision,
  secretRevisions: SecretRevisions,
  /** `broker`: storage is given by odoo-backup.sh; `own`: a bucket of the administrator's. */
  storage: StorageView,
  publicUrl: z.url().optional(),
  /** Where the running Odoo is asked about those who sign in; on this machine by default. */
  odooUrl: z.url().optional(),
  limits: z.object({
    parallelJobs: ParallelJobs,
    bandwidthBytesPerSecond: z.int().min(1).optional(),
    niceness: z.int().min(0).max(19).optional(),
  }),
  notices: z.object({
    /** Addresses that get mail; sending needs `smtpHost`. */
    mailTo: z.array(z.string()),
    mailFrom: z.string().optional(),
    smtpHost: z.string().optional(),
    smtpPort: z.int().min(1).max(65535).optional(),
    smtpUser: z.string().optional(),
    /** Shown as its origin alone: the rest of a webhook's address is its secret. */
    webhook: z.string().optional(),
    /** Webhooks and pings may go to addresses of this machine and of the private network. */
    allowPrivateAddresses: z.boolean(),
  }),
})
export type AgentSettings = z.infer<typeof AgentSettings>

/** What is absent stays as it is; `null` removes. Secrets go in and never come out. */
export const StorageChange = z
  .strictObject({
    kind: z.enum(['broker', 'own', 'directory']),
    broker: z.url({ protocol: /^https?$/ }).nullable(),
    endpoint: z.url({ protocol: /^https?$/ }).nullable(),
    region: text.nullable(),
    bucket: text.nullable(),
    folder: text.nullable(),
    pathStyle: z.boolean().nullable(),
    accessKeyId: text.nullable(),
    secretAccessKey: text.nullable(),
  })
  .partial()
export type StorageChange = z.infer<typeof StorageChange>

/** What is absent stays as it is; `null` removes. Secrets go in and never come out. */
export const NoticesChange = z
  .strictObject({
    mailTo: z.array(z.email()).max(50),
    mailFrom: z.email().nullable(),
    smtpHost: text.nullable(),
    smtpPort: z.int().min(1).max(65535).nullable(),
    smtpUser: text.nullable(),
    smtpPassword: text.nullable(),
    webhook: z
      .url({ protocol: /^https?$/ })
      .max(2000)
      .nullable(),
    allowPrivateAddresses: z.boolean(),
  })
  .partial()
export type NoticesChange = z.infer<typeof NoticesChange>

export const AgentSettingsChange = z.strictObject({
  storage: StorageChange.optional(),
  publicUrl: z
    .url({ protocol: /^https?$/ })
    .nullable()
    .optional(),
  odooUrl: z
    .url({ protocol: /^https?$/ })
    .nullable()
    .optional(),
  limits: z
    .strictObject({
      parallelJobs: ParallelJobs,
      bandwidthBytesPerSecond: z.int().min(1024).nullable(),
      niceness: z.int().min(0).max(19).nullable(),
    })
    .partial()
    .optional(),
  notices: NoticesChange.optional(),
})
export type AgentSettingsChange = z.infer<typeof AgentSettingsChange>
