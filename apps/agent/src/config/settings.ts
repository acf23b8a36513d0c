import { homedir } from 'node:os'
import { MOST_PARALLEL_JOBS, UserKey } from '@odoo-backup/protocol'
import { z } from 'zod'
import { flag, httpUrl, wholeNumber } from './fields.ts'

/** Asked where nothing names another broker or a place of one's own. */
export const USUAL_BROKER = 'https://odoo-backup.sh'

/** A bucket of the administrator's own, used without any broker. */
const PRIVATE_BUCKET_KEYS = ['s3_bucket_name', 'aws_access_key_id', 'aws_secret_access_key'] as const

/** `[options]` of the agent's file, names without prefix. Each has a default but the secrets. */
export const SettingsFields = z.object({
  user_key: UserKey.optional(),
  /** Tells this agent's backups from those of other agents of the same account. */
  instance_id: z
    .string()
    .regex(/^[A-Za-z0-9_-]{8,64}$/, 'Write 8 to 64 letters, digits, hyphens or underscores.')
    .optional(),
  /** Where that id was last used: see `homeMark`. */
  instance_home: z
    .string()
    .regex(/^(?:[0-9a-f]{12}|-)\.(?:[0-9a-f]{12}|-)$/, 'Remove the line.')
    .optional(),
  /** Ids that this configuration had on other servers, whose backups may be adopted. */
  former_instance_ids: z
    .string()
    .default('')
    .transform(text => text.split(/[\s,]+/).filter(id => id !== '')),
  broker_url: httpUrl.default(USUAL_BROKER),
  odoo_conf: z.string().min(1).optional(),
  /** `postgres`, or `redis://…` for several workers. */
  queue: z
    .string()
    .regex(/^(?:postgres$|rediss?:\/\/)/, 'Write postgres, or redis:// and the address of a Redis server.')
    .default('postgres'),
  queue_database: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,62}$/, 'Write lower-case letters, digits and underscores.')
    .default('odoo_backup_queue'),
  http_interface: z.string().min(1).default('127.0.0.1'),
  http_port: wholeNumber(0, 65_535).default(8070),
  public_url: httpUrl.optional(),
  /** Where the running Odoo is asked who signs in; `http_port` of odoo.conf on this machine by default. */
  odoo_url: httpUrl.optional(),
  parallel_jobs: wholeNumber(1, MOST_PARALLEL_JOBS).default(1),
  /** Seconds after which a worker that says nothing is taken for dead. */
  worker_silence_seconds: wholeNumber(1, 3600).default(30),
  /** Pause before a failed job is tried again; each further pause is twice as long. */
  retry_seconds: wholeNumber(1, 3600).default(60),
  nice: wholeNumber(0, 19).default(10),
  /** Kilobytes (1,024) per second that all uploads together may use; 0 is no limit. */
  bandwidth_limit: wholeNumber(0, 100_000_000).default(0),
  lock_wait_seconds: wholeNumber(1, 86_400).default(60),
  /** A connection to the store on which nothing moves for so long has stalled, and its request is sent again. */
  store_silence_seconds: wholeNumber(1, 3_600).default(60),
  addons_path: z.string().optional(),
  // A bucket of one's own
  s3_bucket_name: z.string().min(1).optional(),
  aws_access_key_id: z.string().min(1).optional(),
  aws_secret_access_key: z.string().min(1).optional(),
  aws_session_token: z.string().min(1).optional(),
  aws_profile: z.string().min(1).optional(),
  aws_region: z.string().min(1).default('us-east-1'),
  aws_endpoint: httpUrl.optional(),
  aws_path_style: flag.optional(),
  /** Have the store keep a SHA-256 of each part: for stores whose ETag is no MD5 (SSE-KMS). */
  aws_checksums: flag.optional(),
  private_s3_dir: z
    .string()
    .regex(
      /^(?!\/)(?!.*\/\/)(?!.*(?:^|\/)\.\.?(?:\/|$))[^\0]{1,200}(?<!\/)$/,
      'Write a folder such as backups/odoo, without a slash at the ends.',
    )
    .optional(),
  odoo_oauth_uid: z.string().min(1).optional(),
  /** Backups go to a folder of this machine (or one mounted there) instead. */
  directory: z.string().startsWith('/', 'Write a path that begins with a slash.').optional(),
  /** For databases whose own section names none. */
  encryption_password: z.string().min(1).max(1024).optional(),
  // What is told, and to whom
  mail_to: z
    .string()
    .transform(text => text.split(/[\s,;]+/).filter(address => address !== ''))
    .pipe(z.array(z.email()))
    .optional(),
  mail_from: z.email().optional(),
  smtp_host: z.string().min(1).optional(),
  smtp_port: wholeNumber(1, 65_535).optional(),
  smtp_user: z.string().min(1).optional(),
  smtp_password: z.string().min(1).optional(),
  notice_webhook: httpUrl.optional(),
  notice_private_addresses: flag.default(false),
  date_last_request: z.string().optional(),
})
export type SettingsFields = z.infer<typeof SettingsFields>

/** The names that `[options]` may hold, for reading them one by one and for naming a misspelt one. */
export const SETTING_NAMES: readonly string[] = Object.keys(SettingsFields.shape)

type BucketFields = Pick<SettingsFields, 'aws_region'> & Partial<SettingsFields>

export interface PrivateBucket {
  readonly bucket: string
  readonly region: string
  readonly endpoint?: string
  readonly pathStyle: boolean
  /** Absent: as the storage finds right for the endpoint. */
  readonly checksums?: boolean
  /** `.` is the root, as the former module had it. */
  readonly folder: string
  readonly keys:
    | {
        readonly kind: 'fixed'
        readonly accessKeyId: string
        readonly secretAccessKey: string
        readonly sessionToken?: string
      }
    | { readonly kind: 'profile'; readonly profile: string }
}

/**
 * The bucket of one's own that the settings describe, or undefined: then the broker gives access. Long-lived
 * keys beside an `odoo_oauth_uid` were the former broker's and name no bucket of one's own.
 */
export function privateBucket(fields: BucketFields): PrivateBucket | undefined {
  const { s3_bucket_name: bucket, aws_access_key_id: id, aws_secret_access_key: secret } = fields
  if (bucket === undefined || fields.odoo_oauth_uid !== undefined) return undefined
  const keys =
    fields.aws_profile !== undefined
      ? { kind: 'profile' as const, profile: fields.aws_profile }
      : id !== undefined && secret !== undefined
        ? {
            kind: 'fixed' as const,
            accessKeyId: id,
            secretAccessKey: secret,
            ...(fields.aws_session_token === undefined ? {} : { sessionToken: fields.aws_session_token }),
          }
        : undefined
  if (keys === undefined) return undefined
  return {
    bucket,
    region: fields.aws_region,
    ...(fields.aws_endpoint === undefined ? {} : { endpoint: fields.aws_endpoint }),
    pathStyle: fields.aws_path_style ?? fields.aws_endpoint !== undefined,
    ...(fields.aws_checksums === undefined ? {} : { checksums: fields.aws_checksums }),
    folder: fields.private_s3_dir ?? '.',
    keys,
  }
}

/** Faults that no single value has. */
export function contradictions(fields: SettingsFields): string[] {
  if (fields.odoo_oauth_uid !== undefined) return []
  if (fields.aws_profile !== undefined) {
    return fields.s3_bucket_name === undefined
      ? ['odoo_backup_sh_aws_profile needs odoo_backup_sh_s3_bucket_name: the bucket that its keys open.']
      : []
  }
  const given = PRIVATE_BUCKET_KEYS.filter(name => fields[name] !== undefined)
  if (given.length === 0 || given.length === PRIVATE_BUCKET_KEYS.length) return []
  const missing = PRIVATE_BUCKET_KEYS.filter(name => fields[name] === undefined)
  return [
    `A bucket of your own needs odoo_backup_sh_${missing.join(' and odoo_backup_sh_')} too (or odoo_backup_sh_aws_profile); remove odoo_backup_sh_${given.join(' and odoo_backup_sh_')} to use the broker.`,
  ]
}

/** Where odoo.conf is when nobody says: as Odoo itself looks for it, then the Debian package's place. */
export function defaultOdooConf(environment: Readonly<Record<string, string | undefined>>): string[] {
  const named = environment.ODOO_RC ?? environment.OPENERP_SERVER
  if (named !== undefined && named !== '') return [named]
  const home = homedir()
  return [`${home}/.odoorc`, `${home}/.openerp_serverrc`, '/etc/odoo/odoo.conf']
}
