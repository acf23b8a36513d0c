import { randomBytes, randomUUID } from 'node:crypto'
import { UserKey } from '@odoo-backup/protocol'
import { withoutCachedCredentials } from '../credentials/credential-cache.ts'
import { AgentError } from '../errors.ts'
import { messageOf } from '../system-error.ts'
import { type Configuration, readConfiguration } from './configuration.ts'
import {
  type FileVersion,
  readSettledFile,
  replaceConfigurationFile,
  resolvedPath,
  sameVersion,
  versionOfFile,
} from './file.ts'
import { withFileLock } from './file-lock.ts'
import { formatIni, type IniDocument, IniValueError, parseIni, valueIn, withValue } from './ini-document.ts'
import { PREFIX } from './keys.ts'
import { withoutOldNames } from './replace-old-names.ts'

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

export interface ConfigurationFault {
  /** Absent: the file as a whole. */
  readonly database?: string
  readonly message: string
}

/**
 * The agent's configuration file, which is the only home of settings and cached credentials. `current` follows
 * changes made by hand or by another process at the next `refresh`; a file that became faulty leaves the last
 * good state in force, with `faults` to show. A fault in one database's section is that database's alone: its last
 * good settings stay in force, or else it is among `faultyDatabases`.
 */
export class ConfigurationStore {
  readonly path: string
  #options: ConfigurationStoreOptions
  #loaded: LoadedConfiguration
  #version: FileVersion | undefined
  #others: FileVersions
  #faults: readonly string[] = []
  #faultsOfDatabases: Configuration['faultyDatabases']
  #listeners = new Set<(configuration: LoadedConfiguration) => void>()

  private constructor(options: ConfigurationStoreOptions, path: string, state: State) {
    this.#options = options
    this.path = path
    this.#loaded = state.loaded
    this.#version = state.version
    this.#others = state.others
    this.#faultsOfDatabases = state.loaded.faultyDatabases
    this.#faults = faultsOf(state.loaded)
  }

  /** Opens the file, making it where it is missing, with a `user_key` and an `instance_id` of its own. */
  static async open(options: ConfigurationStoreOptions): Promise<ConfigurationStore> {
    const path = await resolvedPath(options.path)
    const state = await load(options, path, undefined)
    if (state.faults !== undefined) throw invalid(path, state.faults)
    const store = new ConfigurationStore(options, path, state)
    const { settings, userKey, instanceId } = state.loaded
    if (settings.user_key === undefined) await store.change(withNew('user_key', userKey))
    if (settings.instance_id === undefined) await store.change(withNew('instance_id', instanceId))
    return store
  }

  get current(): LoadedConfiguration {
    return this.#loaded
  }

  /** What is wrong with the file as it is now; empty when `current` is what it says. */
  get faults(): readonly string[] {
    return this.#faults
  }

  /**
   * What is wrong with the file, each a sentence that tells what it does: of which database, where the rest of the
   * file is obeyed.
   */
  get consequences(): readonly ConfigurationFault[] {
    if (this.#faults.length === 0) return []
    const list = (faults: readonly string[]) => faults.join(' ')
    if (this.#faultsOfDatabases.size === 0)
      return [
        {
          message: `${this.path} cannot be obeyed as it is, so the settings before its last change stay in force. ${list(this.#faults)}`,
        },
      ]
    return [...this.#faultsOfDatabases].map(([database, faults]) => ({
      database,
      message: this.#loaded.faultyDatabases.has(database)
        ? `The settings of ${database} in ${this.path} cannot be read: it is not backed up until they are mended. ${list(faults)}`
        : `The settings of ${database} in ${this.path} cannot be read, so those before the last change stay in force until the service ends. ${list(faults)}`,
    }))
  }

  onChange(listener: (configuration: LoadedConfiguration) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Reads the file again if it changed, or odoo.conf, or a file that a secret is read from. */
  async refresh(): Promise<LoadedConfiguration> {
    const unchanged =
      sameVersion(this.#version, await versionOfFile(this.path)) && (await areUnchanged(this.#others))
    if (!unchanged) this.#take(await load(this.#options, this.path, this.#version))
    return this.#loaded
  }

  /**
   * Changes the file. `edit` gets what the file says at this moment, whoever wrote it, and returns the new text;
   * service and command line never lose each other's change. A result with faults is refused and not written.
   */
  async change(edit: Edit): Promise<LoadedConfiguration> {
    const state = await withFileLock(`${this.path}.lock`, async stillOurs => {
      const before = await readSettledFile(this.path, this.#version, this.#options.pause)
      const document = withoutOldNames(parseIni(before.text))
      const edited = applied(edit, document)
      const text = edited === document ? before.text : formatIni(edited)
      if (text !== before.text) {
        const faults = await this.#faultsMade(before.text, text)
        if (faults.length > 0) throw refused(this.path, faults)
        await replaceConfigurationFile(this.path, text, async () => {
          if (!(await stillOurs())) throw new Error('the lock was lost')
        })
      }
      return load(this.#options, this.path, await versionOfFile(this.path))
    })
    this.#take(state)
    return this.#loaded
  }

  /** What the file would say after `edit`; nothing is written. Faults are refused as `change` refuses them. */
  async preview(edit: Edit): Promise<LoadedConfiguration> {
    const { text } = await readSettledFile(this.path, this.#version, this.#options.pause)
    const edited = formatIni(applied(edit, withoutOldNames(parseIni(text))))
    const faults = await this.#faultsMade(text, edited)
    const state = await loadText(this.#options, edited)
    if (faults.length > 0 || state.faults !== undefined) throw refused(this.path, faults)
    return state.loaded
  }

  /** What an edit is refused for: any fault, but those that single databases had before. */
  async #faultsMade(before: string, after: string): Promise<readonly string[]> {
    const made = await loadText(this.#options, after)
    if (made.faults !== undefined) return made.faults
    const faults = faultsOf(made.loaded)
    if (faults.length === 0) return faults
    const former = await loadText(this.#options, before)
    const known = new Set(former.faults ?? faultsOf(former.loaded))
    return faults.filter(fault => !known.has(fault))
  }

  /** Replaces the user key, with everything that the former one was given. */
  async renewUserKey(): Promise<void> {
    const former = this.#loaded.userKey
    await this.change(document => {
      const present = valueIn(document, 'options', `${PREFIX}user_key`)
      // Another process was faster.
      if (present !== undefined && present !== former) return document
      return withoutCachedCredentials(withValue(document, 'options', `${PREFIX}user_key`, newUserKey()))
    })
  }

  #take(state: State | Faulty): void {
    this.#version = state.version
    this.#others = state.others
    this.#faults = state.faults ?? faultsOf(state.loaded)
    this.#faultsOfDatabases = state.loaded?.faultyDatabases ?? new Map()
    if (state.faults !== undefined) return
    this.#loaded = withLastGood(state.loaded, this.#loaded)
    for (const listener of this.#listeners) listener(this.#loaded)
  }
}

function faultsOf({ faultyDatabases }: Configuration): readonly string[] {
  return [...faultyDatabases.values()].flat()
}

/** A database whose section has become faulty goes on as it was. */
function withLastGood(loaded: LoadedConfiguration, former: LoadedConfiguration): LoadedConfiguration {
  const known = [...loaded.faultyDatabases.keys()].flatMap(name => former.databases.get(name) ?? [])
  if (known.length === 0) return loaded
  const databases = new Map(loaded.databases)
  const faultyDatabases = new Map(loaded.faultyDatabases)
  for (const configuration of known) {
    databases.set(configuration.database, configuration)
    faultyDatabases.delete(configuration.database)
  }
  return { ...loaded, databases, faultyDatabases }
}

/** The files beside ours that the configuration was read from, as they were. */
type FileVersions = ReadonlyMap<string, FileVersion | undefined>

async function versionsOf(paths: Iterable<string>): Promise<FileVersions> {
  return new Map(
    await Promise.all([...new Set(paths)].map(async path => [path, await versionOfFile(path)] as const)),
  )
}

async function areUnchanged(versions: FileVersions): Promise<boolean> {
  for (const [path, version] of versions) {
    if (!sameVersion(version, await versionOfFile(path))) return false
  }
  return true
}

interface State {
  readonly loaded: LoadedConfiguration
  readonly version: FileVersion | undefined
  readonly others: FileVersions
  readonly faults?: undefined
}
interface Faulty {
  readonly faults: readonly string[]
  readonly loaded?: undefined
  readonly version?: FileVersion | undefined
  readonly others: FileVersions
}

async function load(
  options: ConfigurationStoreOptions,
  path: string,
  known: FileVersion | undefined,
): Promise<State | Faulty> {
  const { text, version } = await readSettledFile(path, known, options.pause)
  return { ...(await loadText(options, text)), version }
}

async function loadText(options: ConfigurationStoreOptions, text: string): Promise<State | Faulty> {
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

type Edit = (document: IniDocument) => IniDocument

function applied(edit: Edit, document: IniDocument): IniDocument {
  try {
    return edit(document)
  } catch (error) {
    if (error instanceof IniValueError) throw new AgentError('invalid_request', error.message)
    throw error
  }
}

/** Two processes may begin at once: the first one's value stands. */
function withNew(name: string, value: string): Edit {
  return document =>
    valueIn(document, 'options', PREFIX + name) === undefined
      ? withValue(document, 'options', PREFIX + name, value)
      : document
}

/** 32 random bytes of the system's source, base64url. */
function newUserKey(): UserKey {
  return UserKey.parse(randomBytes(32).toString('base64url'))
}

function refused(path: string, faults: readonly string[]): AgentError {
  const list = faults.map(fault => `  ${fault}`).join('\n')
  return new AgentError('invalid_request', `This would leave faults in ${path}:\n${list}`)
}

function invalid(path: string, faults: readonly string[]): AgentError {
  return new AgentError(
    'configuration_invalid',
    `${path} has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n${faults.map(fault => `  ${fault}`).join('\n')}`,
  )
}
