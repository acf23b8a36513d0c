import {
  DATABASE_SETTING_NAMES,
  type DatabaseConfiguration,
  isTimedName,
  readDatabaseSection,
} from './database-settings.ts'
import { entriesOf, type IniDocument, sectionsOf, strayLines } from './ini-document.ts'
import { databaseOfSection, OLD_NAMES, ourName, PREFIX } from './keys.ts'
import { valueFrom } from './secret.ts'
import { contradictions, SETTING_NAMES, SettingsFields } from './settings.ts'

/** Everything that the configuration file says, checked. */
export interface Configuration {
  readonly settings: SettingsFields
  /** Keys of `[options]` that are Odoo's: they override odoo.conf one by one. */
  readonly odooOverrides: ReadonlyMap<string, string>
  readonly databases: ReadonlyMap<string, DatabaseConfiguration>
  /** Faults of single databases' sections, by database: their settings are not known, the others' are. */
  readonly faultyDatabases: ReadonlyMap<string, readonly string[]>
}

export interface ConfigurationSources {
  readonly document: IniDocument
  /** `[options]` of odoo.conf, raw: the former module once kept its keys there. */
  readonly odooOptions: ReadonlyMap<string, string>
  readonly environment: Readonly<Record<string, string | undefined>>
}

/**
 * Reads and checks the whole file. `faults` names every fault at once, each a sentence; those of one database's
 * section leave the rest of the configuration whole. `secretFiles` are the files that values were read from, or should
 * have been.
 */
export function readConfiguration(sources: ConfigurationSources): {
  configuration?: Configuration
  faults: string[]
  secretFiles: readonly string[]
} {
  const { document } = sources
  const faults = [
    ...strayLines(document).map(line => `Line ${line} is neither a section nor a key with a value.`),
    ...duplicates(document, undefined),
  ]
  const { ours, odooOverrides } = optionsOf(document)
  for (const name of ours.keys()) {
    const known = SETTING_NAMES.includes(name) || SETTING_NAMES.includes(name.replace(/_file$/, ''))
    if (!known) faults.push(`${PREFIX}${name} is not a setting.`)
  }
  const secretFiles = new Set<string>()
  const values = resolved({ ...sources, ours }, faults, secretFiles)
  const parsed = SettingsFields.safeParse(values)
  if (!parsed.success) {
    faults.push(...parsed.error.issues.map(issue => `${PREFIX}${issue.path.join('.')}: ${issue.message}`))
  } else {
    faults.push(...contradictions(parsed.data))
  }
  const isWhole = faults.length === 0
  const databases = new Map<string, DatabaseConfiguration>()
  const faultyDatabases = new Map<string, readonly string[]>()
  for (const section of sectionsOf(document)) {
    const database = databaseOfSection(section)
    if (database === undefined) continue
    const own = duplicates(document, section)
    const read = readDatabaseSection(
      database,
      sectionValues(document, section, values.encryption_password, own, secretFiles),
    )
    own.push(...read.faults.map(fault => `[${section}] ${fault}`))
    faults.push(...own)
    if (own.length > 0) faultyDatabases.set(database, own)
    else if (read.configuration !== undefined) databases.set(database, read.configuration)
  }
  if (!parsed.success || !isWhole) return { faults, secretFiles: [...secretFiles] }
  return {
    configuration: { settings: parsed.data, odooOverrides, databases, faultyDatabases },
    faults,
    secretFiles: [...secretFiles],
  }
}

function optionsOf(document: IniDocument) {
  const ours = new Map<string, string>()
  const odooOverrides = new Map<string, string>()
  const options = entriesOf(document).filter(entry => entry.section === 'options')
  for (const { key, value } of options) {
    const name = ourName(key)
    if (name === undefined) odooOverrides.set(key, value)
    else if (key.startsWith(PREFIX) || !ours.has(name)) ours.set(name, value)
  }
  return { ours, odooOverrides }
}

/** Environment before the agent's file before the former module's keys in odoo.conf. */
function resolved(
  sources: ConfigurationSources & { ours: ReadonlyMap<string, string> },
  faults: string[],
  secretFiles: Set<string>,
): Record<string, string> {
  const file = new Map(sources.ours)
  // A name of ours counts before the former one, wherever they stand.
  const rank = ([key]: readonly [string, string]) => (key.startsWith(PREFIX) ? 0 : 1)
  for (const [key, value] of [...sources.odooOptions].sort((a, b) => rank(a) - rank(b))) {
    const name = ourName(key)
    if (name !== undefined && SETTING_NAMES.includes(name) && !file.has(name) && !file.has(`${name}_file`)) {
      file.set(name, value)
    }
  }
  const values: Record<string, string> = {}
  for (const name of SETTING_NAMES) {
    const { value, fault, fromFile } = valueFrom({ file, environment: sources.environment }, name)
    if (fromFile !== undefined) secretFiles.add(fromFile)
    if (fault !== undefined) faults.push(fault)
    if (value !== undefined && value !== '') values[name] = value
  }
  return values
}

/** Of a database's section: each may stand in a file of its own. */
const SECRETS = ['encryption_password', 'aws_access_key_id', 'aws_secret_access_key', 'aws_session_token']

function sectionValues(
  document: IniDocument,
  section: string,
  passwordOfAll: string | undefined,
  faults: string[],
  secretFiles: Set<string>,
): ReadonlyMap<string, string> {
  const file = new Map<string, string>()
  for (const { key, value } of entriesOf(document).filter(entry => entry.section === section)) {
    const name = key.startsWith(PREFIX) ? key.slice(PREFIX.length) : key
    const known =
      DATABASE_SETTING_NAMES.includes(name) ||
      SECRETS.includes(name.replace(/_file$/, '')) ||
      isTimedName(name)
    if (known) file.set(name, value)
    else faults.push(`[${section}] ${key} is not a setting of a database.`)
  }
  for (const name of SECRETS) {
    const secret = valueFrom({ file, environment: {} }, name)
    if (secret.fromFile !== undefined) secretFiles.add(secret.fromFile)
    if (secret.fault !== undefined) faults.push(`[${section}] ${secret.fault}`)
    const value = secret.value ?? (name === 'encryption_password' ? passwordOfAll : undefined)
    file.delete(`${name}_file`)
    if (value !== undefined && value !== '') file.set(name, value)
  }
  return file
}

/** Of one database's section, or of all the rest. */
function duplicates(document: IniDocument, only: string | undefined): string[] {
  const seen = new Set<string>()
  return entriesOf(document).flatMap(({ section, key, first }) => {
    const isWanted = only === undefined ? databaseOfSection(section) === undefined : section === only
    if (!isWanted) return []
    const id = `${section}\0${key}`
    if (!seen.has(id)) {
      seen.add(id)
      return []
    }
    return [`[${section}] ${key} stands twice (line ${first + 1}): keep one of them.`]
  })
}

/** The old names that the file still uses, with the names that replace them. */
export function oldNamesIn(document: IniDocument): { old: string; name: string }[] {
  return entriesOf(document)
    .filter(entry => entry.section === 'options')
    .flatMap(({ key }) => {
      const name = OLD_NAMES.get(key)
      return name === undefined ? [] : [{ old: key, name: PREFIX + name }]
    })
}
