/** Every key of ours begins with this, in any section; other keys of `[options]` override odoo.conf. */
export const PREFIX = 'odoo_backup_sh_'

/** Names that the former Odoo module used before its keys had a prefix (until October 2019), and ours. */
export const OLD_NAMES: ReadonlyMap<string, string> = new Map([
  ['odoo_backup_user_key', 'user_key'],
  ['amazon_bucket_name', 's3_bucket_name'],
  ['amazon_access_key_id', 'aws_access_key_id'],
  ['amazon_access_key', 'aws_access_key_id'],
  ['amazon_secret_access_key', 'aws_secret_access_key'],
  ['odoo_oauth_uid', 'odoo_oauth_uid'],
  ['oauth_uid', 'odoo_oauth_uid'],
  ['odoo_backup_encryption_password', 'encryption_password'],
])

/** Our name (without prefix) of a key in `[options]`, or undefined where the key is Odoo's. */
export function ourName(key: string): string | undefined {
  if (key.startsWith(PREFIX)) return key.slice(PREFIX.length)
  return OLD_NAMES.get(key)
}

const WIRE_PREFIX = 'odoo_backup_sh.'

/** The wire's `odoo_backup_sh.X` as it stands in the configuration file: `odoo_backup_sh_X`. */
export function keyOfWireName(name: string): string | undefined {
  return name.startsWith(WIRE_PREFIX) ? PREFIX + name.slice(WIRE_PREFIX.length) : undefined
}

/** A section per database: `[database:NAME]`; control characters and `%` of the name are percent-encoded. */
export function databaseSection(database: string): string {
  return `database:${database.replace(/[\p{Cc}%]|^\s|\s$/gu, encodeURIComponent)}`
}

export function databaseOfSection(section: string): string | undefined {
  if (!section.startsWith('database:')) return undefined
  try {
    return decodeURIComponent(section.slice('database:'.length))
  } catch {
    return undefined
  }
}
