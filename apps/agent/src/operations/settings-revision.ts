import { createHmac } from 'node:crypto'
import { defaultDatabaseConfiguration } from '../config/database-settings.ts'
import { type Place, placeOfAgent } from '../config/place.ts'
import type { LoadedConfiguration } from '../config/store.ts'
import { AgentError } from '../errors.ts'

/**
 * Which state of the agent's own settings this is, secrets included: by a key that nobody is told, so that a revision
 * is no means to try passwords by. What the agent writes for itself, such as credentials, does not count.
 */
export function settingsRevision(loaded: LoadedConfiguration): string {
  const { settings } = loaded
  return revisionOf(loaded, [
    placeOfAgent(settings),
    settings.broker_url,
    settings.public_url,
    settings.odoo_url,
    settings.parallel_jobs,
    settings.nice,
    settings.bandwidth_limit,
    settings.mail_to,
    settings.mail_from,
    settings.smtp_host,
    settings.smtp_port,
    settings.smtp_user,
    settings.smtp_password,
    settings.notice_webhook,
    settings.notice_private_addresses,
  ])
}

/** The same of one database's settings. */
export function databaseRevision(loaded: LoadedConfiguration, name: string): string {
  const {
    schedules,
    drills,
    encryptionFingerprint: _,
    ...rest
  } = loaded.databases.get(name) ?? defaultDatabaseConfiguration(name)
  return revisionOf(loaded, [rest, [...schedules], [...drills]])
}

/** The same of each secret of the agent's own settings. */
export function secretRevisions(loaded: LoadedConfiguration): Record<string, string> {
  const { settings } = loaded
  return revisionsOf(loaded, '', {
    'storage.secretAccessKey': secretKeyOf(placeOfAgent(settings)),
    'notices.smtpPassword': settings.smtp_password,
    'notices.webhook': settings.notice_webhook,
  })
}

/** The same of each secret of one database's settings. */
export function databaseSecretRevisions(loaded: LoadedConfiguration, name: string): Record<string, string> {
  const found = loaded.databases.get(name)
  return revisionsOf(loaded, name, {
    encryptionPassword: found?.encryptionPassword,
    pingUrl: found?.pingUrl,
    'destination.secretAccessKey': found?.place && secretKeyOf(found.place),
  })
}

/** Equal secrets of two settings have two revisions: nobody learns that they are equal. */
function revisionsOf(
  loaded: LoadedConfiguration,
  of: string,
  secrets: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(secrets).flatMap(([path, secret]) =>
      secret === undefined ? [] : [[path, revisionOf(loaded, [of, path, secret])]],
    ),
  )
}

function secretKeyOf(place: Place): string | undefined {
  return place.kind === 'own' && place.bucket.keys.kind === 'fixed'
    ? place.bucket.keys.secretAccessKey
    : undefined
}

/** Refuses with `settings_changed` what was thought of another state than this; undefined: of whichever there is. */
export function requireRevision(expected: readonly string[] | undefined, present: string): void {
  if (expected === undefined || expected.includes(present)) return
  throw new AgentError(
    'settings_changed',
    'These settings were changed meanwhile, by somebody else or in the file. Nothing was saved: read them again, then change them.',
  )
}

function revisionOf({ userKey }: LoadedConfiguration, state: readonly unknown[]): string {
  const key = createHmac('sha256', userKey).update('revision of settings').digest()
  return createHmac('sha256', key).update(JSON.stringify(state)).digest('base64url').slice(0, 22)
}
