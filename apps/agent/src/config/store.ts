import { stat } from 'node:fs/promises'
import type { ConfigurationEffect } from '@odoo-backup/protocol'
import { withoutCachedCredentials } from '../credentials/credential-cache.ts'
import { AgentError } from '../errors.ts'
import type { Configuration } from './configuration.ts'
import { fieldFaults } from './field-faults.ts'
import {
  type FileVersion,
  type ReadFile,
  readSettledFile,
  replaceConfigurationFile,
  resolvedPath,
  sameVersion,
  versionOfFile,
} from './file.ts'
import { withFileLock } from './file-lock.ts'
import { formatIni, type IniDocument, IniValueError, parseIni, valueIn, withValue } from './ini-document.ts'
import { PREFIX } from './keys.ts'
import {
  areUnchanged,
  type ConfigurationStoreOptions,
  type Faulty,
  type FileVersions,
  type LoadedConfiguration,
  load,
  loadText,
  newUserKey,
  type State,
} from './load-configuration.ts'
import { withoutOldNames } from './replace-old-names.ts'

export type { ConfigurationStoreOptions, LoadedConfiguration, OdooConf } from './load-configuration.ts'

export interface ConfigurationFault {
  /** Absent: the file as a whole. */
  readonly database?: string
  readonly effect: ConfigurationEffect
  readonly message: string
}

/**
 * The agent's configuration file, which is the only home of settings and cached credentials. `current` follows
 * changes made by hand or by another process at the next `refresh`; a file that became faulty leaves the last
 * good state in force, with `faults` to show. A fault in one database's section is that database's alone: its last
 * good settings stay in force, or else it is among `faultyDatabases`. A file that was there and is gone, or lost the
 * identity that it held, is no empty file: what it said last is only shown from then on, and nothing is written in its
 * place.
 */
export class ConfigurationStore {
  readonly path: string
  #options: ConfigurationStoreOptions
  #loaded: LoadedConfiguration
  #version: FileVersion | undefined
  #others: FileVersions
  #faults: readonly string[] = []
  #faultsOfDatabases: Configuration['faultyDatabases']
  #wasThere: boolean
  /** Why what the file said last is no ground for work. */
  #lost: AgentError | undefined
  #listeners = new Set<(configuration: LoadedConfiguration) => void>()

  private constructor(options: ConfigurationStoreOptions, path: string, state: State) {
    this.#options = options
    this.path = path
    this.#loaded = state.loaded
    this.#version = state.version
    this.#wasThere = state.version !== undefined
    this.#others = state.others
    this.#faultsOfDatabases = state.loaded.faultyDatabases
    this.#faults = faultsOf(state.loaded)
  }

  /**
   * Opens the file, making it where there has been none, with a `user_key` and an `instance_id` of its own. Rejects
   * with `configuration_missing` where the folder beside it tells that there was one.
   */
  static async open(options: ConfigurationStoreOptions): Promise<ConfigurationStore> {
    const path = await resolvedPath(options.path)
    const state = await load(options, await readSettledFile(path, undefined, options.pause))
    if (state.faults !== undefined) throw invalid(path, state.faults)
    if (state.version === undefined && !hasIdentity(state.loaded) && (await servedBefore(path)))
      throw gone(path)
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
    if (this.#lost !== undefined)
      return [
        {
          effect: 'nothing_done',
          message: `${this.#lost.message} Until then nothing is backed up, restored or rotated; what it said last is only shown.`,
        },
      ]
    if (this.#faultsOfDatabases.size === 0)
      return [
        {
          effect: 'former_stays',
          message: `${this.path} cannot be obeyed as it is, so the settings before its last change stay in force. ${list(this.#faults)}`,
        },
      ]
    return [...this.#faultsOfDatabases].map(([database, faults]) =>
      this.#loaded.faultyDatabases.has(database)
        ? {
            database,
            effect: 'database_left_out',
            message: `The settings of ${database} in ${this.path} cannot be read: it is not backed up until they are mended. ${list(faults)}`,
          }
        : {
            database,
            effect: 'database_former_stays',
            message: `The settings of ${database} in ${this.path} cannot be read, so those before the last change stay in force until the service ends. ${list(faults)}`,
          },
    )
  }

  onChange(listener: (configuration: LoadedConfiguration) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Reads the file again if it changed, or odoo.conf, or a file that a secret is read from. Where the file is gone or
   * cannot be read, what it said last, to be shown and told by: whoever works by it asks `refreshForWork`.
   */
  async refresh(): Promise<LoadedConfiguration> {
    const unchanged =
      sameVersion(this.#version, await versionOfFile(this.path)) && (await areUnchanged(this.#others))
    if (unchanged) return this.#loaded
    try {
      this.#take(await load(this.#options, await this.#read()))
    } catch (error) {
      if (!(error instanceof AgentError)) throw error
      this.#lose(error, undefined)
    }
    return this.#loaded
  }

  /** As `refresh`, but rejects where the file is gone (`configuration_missing`) or cannot be read. */
  async refreshForWork(): Promise<LoadedConfiguration> {
    const loaded = await this.refresh()
    if (this.#lost !== undefined) throw this.#lost
    return loaded
  }

  /**
   * Changes the file. `edit` gets what the file says at this moment, whoever wrote it, and returns the new text;
   * service and command line never lose each other's change. A result with faults is refused and not written, and so is
   * any where `allow` throws at what is in force at this moment.
   */
  async change(edit: Edit, allow?: (present: LoadedConfiguration) => void): Promise<LoadedConfiguration> {
    const state = await withFileLock(`${this.path}.lock`, async stillOurs => {
      const before = await this.#read()
      if (allow !== undefined) {
        const present = (await loadText(this.#options, before.text)).loaded
        allow(present === undefined ? this.#loaded : withLastGood(present, this.#loaded))
      }
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
      return load(this.#options, await readSettledFile(this.path, await versionOfFile(this.path)))
    })
    this.#take(state)
    return this.#loaded
  }

  /** What the file would say after `edit`; nothing is written. Faults are refused as `change` refuses them. */
  async preview(edit: Edit): Promise<LoadedConfiguration> {
    const { text } = await this.#read()
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
    if (this.#isIdentityLostIn(made.loaded)) throw cut(this.path)
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

  async #read(): Promise<ReadFile> {
    const found = await readSettledFile(this.path, this.#version, this.#options.pause)
    if (found.version === undefined && this.#wasThere) throw gone(this.path)
    return found
  }

  /** An editor on a full disk leaves an empty file: with new keys the agent would be another one, at another place. */
  #isIdentityLostIn(loaded: LoadedConfiguration): boolean {
    return hasIdentity(this.#loaded) && !hasIdentity(loaded)
  }

  #lose(error: AgentError, version: FileVersion | undefined): void {
    this.#version = version
    this.#lost = error
    this.#faults = [error.message]
    this.#faultsOfDatabases = new Map()
  }

  #take(state: State | Faulty): void {
    this.#others = state.others
    if (state.loaded !== undefined && this.#isIdentityLostIn(state.loaded)) {
      this.#lose(cut(this.path), state.version)
      return
    }
    this.#version = state.version
    this.#wasThere ||= state.version !== undefined
    this.#lost = undefined
    this.#faults = state.faults ?? faultsOf(state.loaded)
    this.#faultsOfDatabases = state.loaded?.faultyDatabases ?? new Map()
    if (state.faults !== undefined) return
    this.#loaded = withLastGood(state.loaded, this.#loaded)
    for (const listener of this.#listeners) listener(this.#loaded)
  }
}

function hasIdentity({ settings }: Configuration): boolean {
  return settings.user_key !== undefined && settings.instance_id !== undefined
}

/** Whether an agent has worked with this file, which is not there now: its private folder is. */
async function servedBefore(path: string): Promise<boolean> {
  const folder = await stat(`${path}.d`).catch(() => undefined)
  // Another process may have made both just now.
  return folder !== undefined && (await versionOfFile(path)) === undefined
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

function refused(path: string, faults: readonly string[]): AgentError {
  const list = faults.map(fault => `  ${fault}`).join('\n')
  return new AgentError('invalid_request', `This would leave faults in ${path}:\n${list}`, {
    fields: fieldFaults(faults),
  })
}

function gone(path: string): AgentError {
  return new AgentError(
    'configuration_missing',
    `${path} is gone, and with it what this agent is and where its backups lie. Put it back, from a copy of this machine; to begin anew as another agent, end the service, make an empty file there and start it.`,
  )
}

function cut(path: string): AgentError {
  return new AgentError(
    'configuration_missing',
    `${path} has lost odoo_backup_sh_user_key or odoo_backup_sh_instance_id, which say who this agent is: it was emptied or replaced. Put the former file back; to go on as another agent, start the service anew.`,
  )
}

function invalid(path: string, faults: readonly string[]): AgentError {
  return new AgentError(
    'configuration_invalid',
    `${path} has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n${faults.map(fault => `  ${fault}`).join('\n')}`,
  )
}
