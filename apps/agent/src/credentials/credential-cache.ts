import { Purpose, VendedCredentials } from '@odoo-backup/protocol'
import { type IniDocument, valueIn, withoutSection, withValue } from '../config/ini-document.ts'
import { keyOfWireName } from '../config/keys.ts'

/**
 * Where each field of a credential stands in its section `[credentials:PURPOSE]`: the names of the wire that
 * the former module knows. Nothing else of a broker's answer is ever stored.
 */
const FIELDS = {
  bucket: 'odoo_backup_sh.s3_bucket_name',
  folder: 'odoo_backup_sh.odoo_oauth_uid',
  region: 'odoo_backup_sh.aws_region',
  endpoint: 'odoo_backup_sh.aws_endpoint',
  pathStyle: 'odoo_backup_sh.aws_path_style',
  accessKeyId: 'odoo_backup_sh.aws_access_key_id',
  secretAccessKey: 'odoo_backup_sh.aws_secret_access_key',
  sessionToken: 'odoo_backup_sh.aws_session_token',
  expiresAt: 'odoo_backup_sh.aws_expiration',
} as const satisfies Record<keyof Omit<VendedCredentials, 'purpose'>, string>

const section = (purpose: Purpose) => `credentials:${purpose}`

export function cachedCredential(document: IniDocument, purpose: Purpose): VendedCredentials | undefined {
  const stored: Record<string, string | boolean> = { purpose }
  for (const [field, wireName] of Object.entries(FIELDS)) {
    const value = valueIn(document, section(purpose), keyOfWireName(wireName) ?? wireName)
    if (value !== undefined) stored[field] = field === 'pathStyle' ? value === 'True' : value
  }
  return VendedCredentials.safeParse(stored).data
}

export function withCachedCredential(document: IniDocument, credential: VendedCredentials): IniDocument {
  const values: Record<keyof typeof FIELDS, string | undefined> = {
    bucket: credential.bucket,
    folder: credential.folder,
    region: credential.region,
    endpoint: credential.endpoint,
    pathStyle: credential.pathStyle ? 'True' : 'False',
    accessKeyId: credential.accessKeyId,
    secretAccessKey: credential.secretAccessKey,
    sessionToken: credential.sessionToken,
    expiresAt: credential.expiresAt,
  }
  return Object.entries(values).reduce((changed, [field, value]) => {
    const wireName = Object.entries(FIELDS).find(([name]) => name === field)?.[1] ?? field
    return withValue(changed, section(credential.purpose), keyOfWireName(wireName) ?? wireName, value)
  }, document)
}

/** Whether any were ever kept and not given up: also those that have expired. */
export function hasCachedCredentials(document: IniDocument): boolean {
  return Purpose.options.some(purpose => cachedCredential(document, purpose) !== undefined)
}

export function withoutCachedCredentials(document: IniDocument): IniDocument {
  return Purpose.options.reduce((changed, purpose) => withoutSection(changed, section(purpose)), document)
}
