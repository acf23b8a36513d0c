import type { DatabaseSettings } from '@odoo-backup/protocol'
import { DatabaseName } from '@odoo-backup/protocol'
import { type DatabaseConfiguration, defaultDatabaseConfiguration } from '../config/database-settings.ts'
import type { ConfigurationStore } from '../config/store.ts'
import { isPlaceChosen } from '../credentials/chosen-place.ts'
import { AgentError } from '../errors.ts'
import { passwordFingerprint } from '../jobs/fingerprint.ts'
import type { AgentAdministration, NoticeSecrets } from '../operations.ts'
import { nextRuns } from '../schedule/next-run.ts'
import { requireSchedules, withDatabaseSettings, withSettings } from './settings-change.ts'
import {
  databaseRevision,
  databaseSecretRevisions,
  requireRevision,
  settingsRevision,
} from './settings-revision.ts'
import { settingsView, storageView } from './settings-view.ts'

const NEXT_RUNS = 5

export interface SettingsDependencies {
  readonly store: ConfigurationStore
  /** Names of the databases that exist; undefined when PostgreSQL is away. */
  readonly databaseNames: () => Promise<readonly string[] | undefined>
  readonly now: () => Date
}

type SettingsOperations = Pick<
  AgentAdministration,
  | 'settings'
  | 'configurationFaults'
  | 'changeSettings'
  | 'databaseSettings'
  | 'changeDatabaseSettings'
  | 'previewSchedules'
  | 'noticeSecrets'
  | 'isPlaceChosen'
>

export function settingsOperations({ store, databaseNames, now }: SettingsDependencies): SettingsOperations {
  const view = async (name: string): Promise<DatabaseSettings | undefined> => {
    const database = DatabaseName.safeParse(name)
    if (!database.success) return undefined
    const { databases, instanceId, settings } = store.current
    const found = databases.get(name) ?? defaultDatabaseConfiguration(name)
    return {
      database: database.data,
      revision: databaseRevision(store.current, name),
      secretRevisions: databaseSecretRevisions(store.current, name),
      enabled: found.enabled,
      schedules: [...found.schedules.values()],
      format: found.format,
      encrypted: found.encrypted,
      passwordFingerprint:
        found.encryptionPassword === undefined
          ? undefined
          : await passwordFingerprint(found.encryptionPassword, instanceId),
      retention: found.retention,
      drills: [...found.drills.values()],
      pingUrl: found.pingUrl === undefined ? undefined : new URL(found.pingUrl).origin,
      destination: found.place === undefined ? undefined : storageView(found.place, settings.broker_url),
      nextRuns: upcoming(found, now()),
    }
  }
  return {
    noticeSecrets: () => noticeSecrets(store),
    configurationFaults: async () => {
      await store.refresh()
      return store.consequences
    },
    isPlaceChosen: async () => isPlaceChosen(await store.refresh()),
    settings: async () => settingsView(await store.refresh()),
    changeSettings: async (change, expected) =>
      settingsView(
        await store.change(
          document => withSettings(document, change),
          present => requireRevision(expected, settingsRevision(present)),
        ),
      ),
    databaseSettings: async () => {
      const { databases, faultyDatabases } = await store.refresh()
      const known = [...databases.keys(), ...faultyDatabases.keys()]
      const names = new Set([...((await databaseNames()) ?? []), ...known])
      const views = await Promise.all([...names].sort().map(view))
      return views.flatMap(found => found ?? [])
    },
    previewSchedules: async schedules => {
      requireSchedules(schedules)
      return nextRuns(schedules, now(), NEXT_RUNS).map(time => time.toISOString())
    },
    changeDatabaseSettings: async (name, change, expected) => {
      const database = DatabaseName.safeParse(name)
      if (!database.success) throw new AgentError('invalid_request', 'This is no name of a database.')
      const { databases, faultyDatabases } = await store.refresh()
      const isKnown = databases.has(name) || faultyDatabases.has(name)
      const existing = isKnown ? undefined : await databaseNames()
      if (existing !== undefined && !existing.includes(name))
        throw new AgentError('database_unknown', `Odoo has no database ${name}.`)
      await store.change(
        document => withDatabaseSettings(document, name, change),
        present => requireRevision(expected, databaseRevision(present, name)),
      )
      const changed = await view(name)
      if (changed === undefined) throw new AgentError('invalid_request', 'This is no name of a database.')
      return changed
    },
  }
}

function upcoming(found: DatabaseConfiguration, now: Date): string[] {
  if (!found.enabled) return []
  return nextRuns(found.schedules.values(), now, NEXT_RUNS).map(time => time.toISOString())
}

/** What the delivery of notices needs and no view shows. */
async function noticeSecrets(store: ConfigurationStore): Promise<NoticeSecrets> {
  const { settings, databases } = await store.refresh()
  const pingUrls = [...databases.values()].flatMap(({ database, pingUrl }) =>
    pingUrl === undefined ? [] : [[database, pingUrl] as const],
  )
  return {
    pingUrls: new Map(pingUrls),
    ...(settings.smtp_user === undefined ? {} : { smtpUser: settings.smtp_user }),
    ...(settings.smtp_password === undefined ? {} : { smtpPassword: settings.smtp_password }),
    ...(settings.notice_webhook === undefined ? {} : { webhook: settings.notice_webhook }),
  }
}
