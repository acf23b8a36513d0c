import { randomBytes, randomUUID } from 'node:crypto'
import { UserKey } from '@odoo-backup/protocol'
import { messageOf } from '../system-error.ts'
import { type Configuration, readConfiguration } from './configuration.ts'
import { type FileVersion, type ReadFile, sameVersion, versionOfFile } from './file.ts'
import { type IniDocument, parseIni, valueIn } from './ini-document.ts'
import { PREFIX } from './keys.ts'

/** What the store needs of `odoo.conf`: its raw `[options]`, and where it was found. */
export interface OdooConf {
  readonly path: string | undefined
  readonly options: ReadonlyMap<string, string>
}

export interface ConfigurationStoreOptions {
  readonly path: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Reads odoo.conf, at `named` or where Odoo looks for it; rejects when `named` cannot be read. */
  readonly readOdooConf: (named: string | undefined) => Promise<OdooConf>
  /** Waits between two looks at a file that may be half written. */
  readonly pause?: (ms: number) => Promise<void>
}

export interface LoadedConfiguration extends Configuration {
  readonly document: IniDocument
  readonly odooConf: OdooConf
  readonly userKey: UserKey
  readonly instanceId: string
}

/** The files beside ours that the configuration was read from, as they were. */
export type FileVersions = ReadonlyMap<string, FileVersion | undefined>

async function versionsOf(paths: Iterable<string>): Promise<FileVersions> {
  return new Map(
    await Promise.all([...new Set(paths)].map(async path => [path, await versionOfFile(path)] as const)),
  )
}

export async function areUnchanged(versions: FileVersions): Promise<boolean> {
  for (const [path, version] of versions) {
    if (!sameVersion(version, await versionOfFile(path))) return false
  }
  return true
}

export interface State {
  readonly loaded: LoadedConfiguration
  readonly version: FileVersion | undefined
  readonly others: FileVersions
  readonly faults?: undefined
}
export interface Faulty {
  readonly faults: readonly string[]
  readonly loaded?: undefined
  readonly version?: FileVersion | undefined
  readonly others: FileVersions
}

/** What the file says; one that is missing says nothing. */
export async function load(
  options: ConfigurationStoreOptions,
  { text, version }: ReadFile,
): Promise<State | Faulty> {
  return { ...(await loadText(options, text)), version }
}

export async function loadText(options: ConfigurationStoreOptions, text: string): Promise<State | Faulty> {
  const document = parseIni(text)
  const named =
    options.environment.ODOO_BACKUP_SH_ODOO_CONF ?? valueIn(document, 'options', `${PREFIX}odoo_conf`)
  let odooConf: OdooConf
  try {
    odooConf = await options.readOdooConf(named)
  } catch (error) {
    return { faults: [messageOf(error)], others: await versionsOf(named === undefined ? [] : [named]) }
  }
  const odooPath = odooConf.path === undefined ? [] : [odooConf.path]
  const { configuration, faults, secretFiles } = readConfiguration({
    document,
    odooOptions: odooConf.options,
    environment: options.environment,
  })
  const others = await versionsOf([...odooPath, ...secretFiles])
  if (configuration === undefined) return { faults, others }
  const userKey = configuration.settings.user_key ?? newUserKey()
  const instanceId = configuration.settings.instance_id ?? randomUUID()
  return {
    loaded: { ...configuration, document, odooConf, userKey, instanceId },
    version: undefined,
    others,
  }
}

/** 32 random bytes of the system's source, base64url. */
export function newUserKey(): UserKey {
  return UserKey.parse(randomBytes(32).toString('base64url'))
}
