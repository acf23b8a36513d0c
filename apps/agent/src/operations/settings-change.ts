import type {
  AgentSettingsChange,
  DatabaseSettingsChange,
  DestinationChange,
  Schedule,
} from '@odoo-backup/protocol'
import { FRAMES } from '@odoo-backup/retention'
import { flag } from '../config/fields.ts'
import { entriesOf, type IniDocument, valueIn, withValue } from '../config/ini-document.ts'
import { databaseSection, PREFIX } from '../config/keys.ts'
import { formatSchedule, scheduleFault } from '../config/schedule-text.ts'
import { AgentError } from '../errors.ts'

type Value = string | undefined
/** Names without prefix, and what they become; undefined removes. */
type Values = Readonly<Record<string, Value>>

/** The document with the asked changes of `[options]`, and nothing else changed. */
export function withSettings(document: IniDocument, change: AgentSettingsChange): IniDocument {
  const { storage, limits, notices } = change
  const values: Record<string, Value> = {}
  const put = (name: string, value: string | number | boolean | null | undefined) => {
    if (value !== undefined) values[name] = value === null ? undefined : textOf(value)
  }
  put('public_url', change.publicUrl)
  put('odoo_url', change.odooUrl)
  put('parallel_jobs', limits?.parallelJobs)
  put('nice', limits?.niceness)
  const bandwidth = limits?.bandwidthBytesPerSecond
  put('bandwidth_limit', bandwidth == null ? bandwidth : Math.max(1, Math.round(bandwidth / 1024)))
  put('mail_to', notices?.mailTo?.join(', '))
  put('mail_from', notices?.mailFrom)
  put('smtp_host', notices?.smtpHost)
  put('smtp_port', notices?.smtpPort)
  put('smtp_user', notices?.smtpUser)
  put('smtp_password', notices?.smtpPassword)
  put('notice_webhook', notices?.webhook)
  put('notice_private_addresses', notices?.allowPrivateAddresses)
  put('broker_url', storage?.broker)
  put('aws_endpoint', storage?.endpoint)
  put('aws_region', storage?.region)
  put('s3_bucket_name', storage?.bucket)
  put('aws_path_style', storage?.pathStyle)
  put('aws_access_key_id', storage?.accessKeyId)
  put('aws_secret_access_key', storage?.secretAccessKey)
  put(storage?.kind === 'directory' ? 'directory' : 'private_s3_dir', storage?.folder)
  // The former module's rule: a bucket of one's own and an account's folder exclude each other.
  if (storage?.accessKeyId != null || storage?.kind === 'own') values.odoo_oauth_uid = undefined
  if (storage?.kind !== undefined) {
    if (storage.kind !== 'directory') values.directory = undefined
    if (storage.kind === 'broker') Object.assign(values, NO_BUCKET)
  }
  return withValues(document, 'options', values)
}

const NO_BUCKET: Values = {
  s3_bucket_name: undefined,
  aws_access_key_id: undefined,
  aws_secret_access_key: undefined,
  aws_session_token: undefined,
  aws_profile: undefined,
  aws_endpoint: undefined,
  aws_path_style: undefined,
  aws_checksums: undefined,
  private_s3_dir: undefined,
}

/** The document with the asked changes of one database's section. */
export function withDatabaseSettings(
  document: IniDocument,
  database: string,
  change: DatabaseSettingsChange,
): IniDocument {
  const section = databaseSection(database)
  const encryptsAnew = change.encrypted === true && !isEncrypted(document, section)
  const setsPassword = typeof change.encryptionPassword === 'string'
  if ((encryptsAnew || setsPassword) && change.passwordKeptElsewhere !== true) {
    throw new AgentError(
      'encryption_unconfirmed',
      'Without its password an encrypted backup is lost for ever. Keep the password somewhere else too, and confirm that you did.',
    )
  }
  const values: Record<string, Value> = {}
  if (change.enabled !== undefined) values.enabled = textOf(change.enabled)
  if (change.format !== undefined) values.format = change.format
  if (change.encrypted !== undefined) values.encrypt_backups = textOf(change.encrypted)
  if (change.passwordKeptElsewhere !== undefined) {
    values.encryption_password_kept = textOf(change.passwordKeptElsewhere)
  }
  if (change.encryptionPassword !== undefined) {
    values.encryption_password = change.encryptionPassword ?? undefined
    values.encryption_password_file = undefined
    values.encryption_fingerprint = undefined
  }
  if (change.destination !== undefined) Object.assign(values, destinationValues(change.destination))
  if (change.pingUrl !== undefined) values.ping_url = change.pingUrl ?? undefined
  for (const frame of FRAMES) {
    const limit = change.retention?.[frame]
    if (limit === undefined) continue
    values[`${frame}_rotation`] = limit === 'off' ? 'disabled' : limit === 'all' ? 'all' : 'limited'
    if (typeof limit === 'number') values[`${frame}_limit`] = String(limit)
  }
  const least = change.retention?.keepAtLeast
  if (least !== undefined) values.keep_at_least = String(least)
  const changed = withValues(document, section, values)
  return withTimes(withTimes(changed, section, 'schedule', change.schedules), section, 'drill', change.drills)
}

/** Whether the backups are encrypted by what the file says now: then the password was confirmed already. */
function isEncrypted(document: IniDocument, section: string): boolean {
  return flag.safeParse(valueIn(document, section, `${PREFIX}encrypt_backups`)).data === true
}

function destinationValues(change: DestinationChange | null): Values {
  const none: Values = { ...NO_BUCKET, aws_region: undefined, directory: undefined, destination: undefined }
  if (change === null) return none
  return {
    ...none,
    destination: change.kind,
    s3_bucket_name: change.bucket,
    aws_endpoint: change.endpoint,
    aws_region: change.region,
    aws_path_style: change.pathStyle === undefined ? undefined : textOf(change.pathStyle),
    aws_access_key_id: change.accessKeyId,
    aws_secret_access_key: change.secretAccessKey,
    [change.kind === 'directory' ? 'directory' : 'private_s3_dir']: change.folder,
  }
}

/** Rejects with `invalid_request` what says no time at all. */
export function requireSchedules(
  schedules: readonly Schedule[],
  member: 'schedules' | 'drills' = 'schedules',
): void {
  const found = schedules.map(scheduleFault)
  const fault = found.find(each => each !== undefined)
  if (fault === undefined) return
  const fields = found.flatMap((each, index) =>
    each === undefined ? [] : [{ path: `${member}.${index}.${each.member}`, code: each.code }],
  )
  throw new AgentError('invalid_request', fault.message, { fields })
}

function withTimes(
  document: IniDocument,
  section: string,
  kind: 'schedule' | 'drill',
  schedules: DatabaseSettingsChange['schedules'],
): IniDocument {
  if (schedules === undefined) return document
  requireSchedules(schedules, kind === 'drill' ? 'drills' : 'schedules')
  const wanted = schedules.map(formatSchedule)
  const start = `${PREFIX}${kind}_`
  const present = entriesOf(document).filter(
    entry => entry.section === section && entry.key.startsWith(start),
  )
  const kept = present.filter(entry => wanted.includes(entry.value))
  const added = wanted.filter(text => !kept.some(entry => entry.value === text))
  const cleared = present
    .filter(entry => !kept.includes(entry))
    .reduce((changed, entry) => withValue(changed, section, entry.key, undefined), document)
  const names = new Set(kept.map(entry => entry.key))
  return added.reduce((changed, text) => {
    let number = 1
    while (names.has(start + number)) number++
    names.add(start + number)
    return withValue(changed, section, start + number, text)
  }, cleared)
}

function withValues(document: IniDocument, section: string, values: Values): IniDocument {
  return Object.entries(values).reduce(
    (changed, [name, value]) => withValue(changed, section, PREFIX + name, value),
    document,
  )
}

function textOf(value: string | number | boolean): string {
  return typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value)
}
