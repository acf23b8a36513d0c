import { passwordFault } from '@odoo-backup/backup-format'
import type { RetentionLimit, Schedule } from '@odoo-backup/protocol'
import { FRAMES, type Frame } from '@odoo-backup/retention'
import { z } from 'zod'
import { messageOf } from '../system-error.ts'
import { flag, httpUrl, wholeNumber } from './fields.ts'
import { type Place, PlaceFields, placeOfDatabase } from './place.ts'
import { parseSchedule } from './schedule-text.ts'

/** `all`: one of each frame, however many frames there are; by the former module's word, which promised more, too. */
const ALL_FRAMES: ReadonlySet<string> = new Set(['all', 'unlimited'])
const rotation = z.enum(
  ['all', 'unlimited', 'limited', 'disabled'],
  'Write all (one per hour, day, week, month or year), limited or disabled.',
)
const limit = wholeNumber(1, 1_000_000)

/** `[database:NAME]`, names without prefix; schedules and drills stand beside them by pattern. */
export const DatabaseFields = z.object({
  enabled: flag.default(true),
  format: z.enum(['zip', 'dump'], 'Write zip or dump.').default('zip'),
  encrypt_backups: flag.default(false),
  encryption_password: z.string().min(1).max(1024).optional(),
  /** The administrator's word that the password is kept somewhere else too. */
  encryption_password_kept: flag.default(false),
  /** Of the password that the last backup used; the agent writes it. */
  encryption_fingerprint: z.string().optional(),
  ping_url: httpUrl.optional(),
  ...PlaceFields.shape,
  hourly_rotation: rotation.optional(),
  daily_rotation: rotation.optional(),
  weekly_rotation: rotation.optional(),
  monthly_rotation: rotation.optional(),
  yearly_rotation: rotation.optional(),
  hourly_limit: limit.optional(),
  daily_limit: limit.optional(),
  weekly_limit: limit.optional(),
  monthly_limit: limit.optional(),
  yearly_limit: limit.optional(),
  keep_at_least: wholeNumber(0, 1_000_000).default(0),
})
export type DatabaseFields = z.infer<typeof DatabaseFields>

export const DATABASE_SETTING_NAMES: readonly string[] = Object.keys(DatabaseFields.shape)

/** A database's settings as jobs and schedules use them; the password is here, so this never leaves the agent. */
export interface DatabaseConfiguration {
  readonly database: string
  readonly enabled: boolean
  /** By name: `schedule_night` in the file is `night`. */
  readonly schedules: ReadonlyMap<string, Schedule>
  readonly drills: ReadonlyMap<string, Schedule>
  readonly format: 'zip' | 'dump'
  readonly encrypted: boolean
  readonly encryptionPassword?: string
  readonly encryptionFingerprint?: string
  readonly retention: Readonly<Record<Frame, RetentionLimit>> & { readonly keepAtLeast: number }
  readonly pingUrl?: string
  /** Absent: where the agent's backups go. */
  readonly place?: Place
}

/** `schedule_NAME` and `drill_NAME` among the keys of a section. */
const TIMED = /^(schedule|drill)_([a-z0-9_]{1,40})$/

export function isTimedName(name: string): boolean {
  return TIMED.test(name)
}

/** Reads one database's section; every fault at once. `values` are by name without prefix, secrets resolved. */
export function readDatabaseSection(
  database: string,
  values: ReadonlyMap<string, string>,
): { configuration?: DatabaseConfiguration; faults: string[] } {
  const faults: string[] = []
  const schedules = new Map<string, Schedule>()
  const drills = new Map<string, Schedule>()
  for (const [name, value] of values) {
    const timed = TIMED.exec(name)
    if (timed?.[2] === undefined) continue
    try {
      const target = timed[1] === 'drill' ? drills : schedules
      target.set(timed[2], parseSchedule(value))
    } catch (error) {
      faults.push(`odoo_backup_sh_${name}: ${messageOf(error)}`)
    }
  }
  const parsed = DatabaseFields.safeParse(
    Object.fromEntries([...values].filter(([name]) => DATABASE_SETTING_NAMES.includes(name))),
  )
  if (!parsed.success) {
    faults.push(
      ...parsed.error.issues.map(issue => `odoo_backup_sh_${issue.path.join('.')}: ${issue.message}`),
    )
    return { faults }
  }
  const fields = parsed.data
  if (fields.encrypt_backups && fields.encryption_password === undefined) {
    faults.push(
      'odoo_backup_sh_encrypt_backups needs odoo_backup_sh_encryption_password (or …_password_file).',
    )
  }
  if (fields.encrypt_backups && !fields.encryption_password_kept) {
    faults.push(
      'Without the encryption password a backup is lost for ever: keep it somewhere else too, then set odoo_backup_sh_encryption_password_kept = True.',
    )
  }
  if (fields.encryption_password !== undefined) {
    const unusable = passwordFault(fields.encryption_password)
    if (unusable !== undefined) faults.push(`odoo_backup_sh_encryption_password: ${unusable}`)
  }
  faults.push(...FRAMES.flatMap(frame => frameFault(frame, fields) ?? []))
  const { place, fault } = placeOfDatabase(fields, values.keys())
  if (fault !== undefined) faults.push(fault)
  const configuration = configurationOf(database, fields, schedules, drills)
  return { configuration: place === undefined ? configuration : { ...configuration, place }, faults }
}

/** A frame is told in two values. One without the other would delete more, or keep less, than somebody meant. */
function frameFault(frame: Frame, fields: DatabaseFields): string | undefined {
  const rotation = fields[`${frame}_rotation`]
  const limit = fields[`${frame}_limit`]
  if (rotation === 'limited' && limit === undefined) {
    return `odoo_backup_sh_${frame}_rotation = limited needs odoo_backup_sh_${frame}_limit: how many are to stay?`
  }
  if (rotation === undefined && limit !== undefined) {
    return `odoo_backup_sh_${frame}_limit needs odoo_backup_sh_${frame}_rotation = limited beside it.`
  }
  return undefined
}

function configurationOf(
  database: string,
  fields: DatabaseFields,
  schedules: ReadonlyMap<string, Schedule>,
  drills: ReadonlyMap<string, Schedule>,
): DatabaseConfiguration {
  const frame = (name: Frame): RetentionLimit => {
    const kind = fields[`${name}_rotation`] ?? 'disabled'
    return kind === 'disabled' ? 'off' : ALL_FRAMES.has(kind) ? 'all' : (fields[`${name}_limit`] ?? 'all')
  }
  return {
    database,
    enabled: fields.enabled,
    schedules,
    drills,
    format: fields.format,
    encrypted: fields.encrypt_backups,
    ...(fields.encryption_password === undefined ? {} : { encryptionPassword: fields.encryption_password }),
    ...(fields.encryption_fingerprint === undefined
      ? {}
      : { encryptionFingerprint: fields.encryption_fingerprint }),
    retention: {
      hourly: frame('hourly'),
      daily: frame('daily'),
      weekly: frame('weekly'),
      monthly: frame('monthly'),
      yearly: frame('yearly'),
      keepAtLeast: fields.keep_at_least,
    },
    ...(fields.ping_url === undefined ? {} : { pingUrl: fields.ping_url }),
  }
}

/** What a database without a section has: backups on demand, everything kept. */
export function defaultDatabaseConfiguration(database: string): DatabaseConfiguration {
  return configurationOf(database, DatabaseFields.parse({}), new Map(), new Map())
}
