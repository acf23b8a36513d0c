import { z } from 'zod'
import { JobId, JobKind } from './agent-api.ts'
import { FailureView } from './coded-text.ts'
import { DatabaseName } from './names.ts'
import { RemotePlace } from './remote-place.ts'

/**
 * What a faulty configuration file does: `nothing_done`: all work waits; `former_stays`: the settings before the last
 * change stay in force; `database_left_out`, `database_former_stays`: the same of one database's alone.
 */
export const ConfigurationEffect = z.enum([
  'nothing_done',
  'former_stays',
  'database_left_out',
  'database_former_stays',
])
export type ConfigurationEffect = z.infer<typeof ConfigurationEffect>

const moment = z.iso.datetime()
/** What others said in their own language, mostly English. */
const words = z.string()
const percent = z.int().min(0)

/** What a notice says, for whoever writes the sentence in another language than the English of its `message`. */
export const NoticeText = z.discriminatedUnion('code', [
  z.object({ code: z.literal('backup_failed'), failure: FailureView }),
  /** Without `lastAt` there is no backup at all. */
  z.object({ code: z.literal('backup_overdue'), lastAt: moment.optional() }),
  z.object({ code: z.literal('backup_shrank'), percent }),
  z.object({ code: z.literal('backup_grew'), percent }),
  z.object({ code: z.literal('files_missing'), files: z.int().min(1) }),
  z.object({ code: z.literal('not_verified') }),
  z.object({ code: z.literal('verification_failed'), at: moment }),
  /** The account or the keys do not let this instance delete. */
  z.object({ code: z.literal('rotation_refused') }),
  /** Backups of a server that used this configuration before are not rotated. */
  z.object({ code: z.literal('former_backups_stay') }),
  z.object({ code: z.literal('configuration_faulty'), effect: ConfigurationEffect, words }),
  z.object({ code: z.literal('runs_long'), job: JobId, jobKind: JobKind, since: moment }),
  z.object({ code: z.literal('not_connected') }),
  z.object({ code: z.literal('storage_disconnected'), failure: FailureView }),
  z.object({ code: z.literal('storage_refused'), place: RemotePlace, failure: FailureView }),
  z.object({ code: z.literal('storage_silent'), place: RemotePlace, since: moment, failure: FailureView }),
  z.object({ code: z.literal('credit_lacking'), words }),
  z.object({ code: z.literal('credit_running_out'), words }),
  z.object({ code: z.literal('instance_bound'), words }),
  z.object({ code: z.literal('account_message'), words }),
  z.object({ code: z.literal('postgres_down'), failure: FailureView }),
  z.object({ code: z.literal('queue_down'), failure: FailureView }),
  /** A way takes no notices, or whoever watches over a database no pings; `words`: why. */
  z.object({ code: z.literal('mail_undelivered'), since: moment, words }),
  z.object({ code: z.literal('webhook_undelivered'), since: moment, words }),
  z.object({ code: z.literal('ping_undelivered'), since: moment, words }),
])
export type NoticeText = z.infer<typeof NoticeText>

/** Something the administrator should know: raised once, cleared when it passes. */
export const Notice = z.object({
  /** Stable while the condition lasts, such as `backup_failed:mydb`. */
  id: z.string(),
  kind: z.enum([
    'backup_failed',
    'backup_overdue',
    'backup_shrank',
    'backup_grew',
    'files_missing',
    'not_verified',
    'verification_failed',
    'rotation_refused',
    'runs_long',
    'storage_disconnected',
    'storage_unreachable',
    'credit_running_out',
    'instance_bound',
    'postgres_down',
    'queue_down',
    'configuration_faulty',
    'account_message',
    'notice_undelivered',
    'ping_undelivered',
  ]),
  severity: z.enum(['info', 'warning', 'error']),
  database: DatabaseName.optional(),
  /** In English. */
  message: z.string(),
  /** The same as a code with its particulars; absent where an older agent noted it. */
  text: NoticeText.optional(),
  raisedAt: z.iso.datetime(),
  clearedAt: z.iso.datetime().optional(),
})
export type Notice = z.infer<typeof Notice>
