import { AgentSettingsChange, DatabaseSettingsChange } from '@odoo-backup/protocol'
import { z } from 'zod'
import { parseSchedule } from '../config/schedule-text.ts'
import { AgentError } from '../errors.ts'

type Value = string | number | boolean | null | string[]
export type Nested = { [key: string]: Value | { [key: string]: Value } }

const FLAGS = new Set(['enabled', 'encrypted', 'pathStyle', 'allowPrivateAddresses'])
const NUMBERS = new Set([
  ...['parallelJobs', 'bandwidthBytesPerSecond', 'niceness', 'smtpPort'],
  ...['hourly', 'daily', 'weekly', 'monthly', 'yearly', 'keepAtLeast'],
])
const LISTS = new Set(['mailTo', 'schedule', 'drill'])

/** `{a: {b: 1}}` as `a.b=1`, the way settings are shown and given. */
export function flatten(value: object, prefix = ''): string[] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    if (inner === undefined) return []
    if (typeof inner === 'object' && inner !== null && !Array.isArray(inner))
      return flatten(inner, `${prefix}${key}.`)
    return [`${prefix}${key}=${Array.isArray(inner) ? inner.join(',') : String(inner)}`]
  })
}

/**
 * `a.b=1` as `{a: {b: 1}}`: flags and numbers by the name of the key, an empty value removes, a key that holds
 * several values is given several times. Throws `invalid_request` for what is no assignment.
 */
export function nest(assignments: readonly string[]): Nested {
  const root: Nested = {}
  for (const assignment of assignments) {
    const parts = /^([A-Za-z]+)(?:\.([A-Za-z]+))?=(.*)$/s.exec(assignment)
    const [, first, second, text] = parts ?? []
    if (first === undefined || text === undefined)
      throw new AgentError('invalid_request', `Write KEY=VALUE, not ${JSON.stringify(assignment)}.`)
    if (second === undefined) {
      root[first] = combine(first, root[first], text)
      continue
    }
    const group = root[first]
    const inner = typeof group === 'object' && group !== null && !Array.isArray(group) ? group : {}
    inner[second] = combine(second, inner[second], text)
    root[first] = inner
  }
  return root
}

function combine(key: string, before: Nested[string] | undefined, text: string): Value {
  if (LISTS.has(key)) {
    // No address holds a comma, and `settings show` puts one between two; schedules hold some.
    const items = key === 'mailTo' ? text.split(',') : [text]
    const added = items.map(item => item.trim()).filter(item => item !== '')
    return [...(Array.isArray(before) ? before : []), ...added]
  }
  if (text === '') return null
  if (FLAGS.has(key) && (text === 'true' || text === 'false')) return text === 'true'
  if (NUMBERS.has(key) && /^\d+$/.test(text)) return Number(text)
  return text
}

/** The assignments of one database: `schedule` and `drill` are written as people write schedules. */
export function databaseChange({ schedule, drill, ...rest }: Nested): Record<string, unknown> {
  return {
    ...rest,
    ...(Array.isArray(schedule) ? { schedules: schedule.map(asSchedule) } : {}),
    ...(Array.isArray(drill) ? { drills: drill.map(asSchedule) } : {}),
  }
}

function asSchedule(text: string) {
  try {
    return parseSchedule(text)
  } catch (error) {
    throw new AgentError('invalid_request', error instanceof Error ? error.message : String(error))
  }
}

/** The keys that `settings set` takes for a change, such as `retention.daily`, in the words of the command line. */
export function settingKeys(schema: z.ZodObject): string[] {
  return Object.entries(schema.shape).flatMap(([key, field]) => {
    const inner = unwrapped(field)
    if (inner instanceof z.ZodObject) return settingKeys(inner).map(below => `${key}.${below}`)
    const name = WORDS_OF_PEOPLE[key] ?? key
    return name === '' ? [] : [name]
  })
}

/** Schedules are written one by one, and the last is an option of the command. */
const WORDS_OF_PEOPLE: Readonly<Record<string, string>> = {
  schedules: 'schedule',
  drills: 'drill',
  passwordKeptElsewhere: '',
}

function unwrapped(field: unknown): unknown {
  return field instanceof z.ZodOptional || field instanceof z.ZodNullable ? unwrapped(field.unwrap()) : field
}

const beginnings = (schema: z.ZodObject) => new Set(settingKeys(schema).map(key => key.split('.')[0]))

/**
 * Throws `invalid_request` for what only a database has: without one, nobody could tell whose it is. Looks at names
 * alone, so that it is said before anybody is asked for a secret.
 */
export function requireOfAgent(assignments: readonly string[]): void {
  const [ofAgent, ofDatabase] = [beginnings(AgentSettingsChange), beginnings(DatabaseSettingsChange)]
  const keys = assignments.map(assignment => assignment.split(/[.=]/, 1)[0] ?? '')
  const stray = keys.find(key => ofDatabase.has(key) && !ofAgent.has(key))
  if (stray !== undefined)
    throw new AgentError(
      'invalid_request',
      `"${stray}" is a setting of a database. Name the database: odoo-backup settings set -d DATABASE …`,
    )
}

/** Checks a change; throws `invalid_request` that names the setting. */
export function readChange<Schema extends z.ZodObject>(schema: Schema, change: unknown): z.output<Schema> {
  const parsed = schema.safeParse(change)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const where = issue?.path.join('.') ?? ''
  if (issue?.code === 'unrecognized_keys') {
    const unknown = issue.keys.map(key => (where === '' ? key : `${where}.${key}`)).join(', ')
    throw new AgentError(
      'invalid_request',
      `There is no setting ${unknown}. There are: ${settingKeys(schema).join(', ')}.`,
    )
  }
  throw new AgentError(
    'invalid_request',
    `${where === '' ? '' : `${where}: `}${issue?.message ?? 'Not a setting.'}`,
  )
}
