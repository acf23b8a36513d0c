import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { DATABASE_SETTING_NAMES, DatabaseFields } from './database-settings.ts'
import { PLACE_NAMES } from './place.ts'
import { SETTING_NAMES, SettingsFields } from './settings.ts'

const text = readFileSync(join(import.meta.dirname, '../../../../docs/agent-settings.md'), 'utf8')
const [ofAgent = '', ofDatabase = ''] = text.split('In `[database:NAME]`')

/** The rows of a table by the name of the setting: its cells. */
function rowsIn(part: string): Map<string, string[]> {
  const rows = part.matchAll(/^\| `odoo_backup_sh_(\w+)` *\|(.*)\|$/gm)
  return new Map(
    [...rows].map(([, name = '', cells = '']) => [name, cells.split('|').map(cell => cell.trim())]),
  )
}

/** A default as the file would say it. */
function spelt(value: unknown): string {
  return typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value)
}

function defaultsToldWrong(
  rows: Map<string, string[]>,
  defaults: Readonly<Record<string, unknown>>,
): string[] {
  return [...rows].flatMap(([name, cells]) => {
    const value = defaults[name]
    if (cells.length < 2 || value === undefined || Array.isArray(value)) return []
    return cells.at(-1) === `\`${spelt(value)}\``
      ? []
      : [`${name}: ${cells.at(-1)}, but it is ${spelt(value)}`]
  })
}

test('every setting of the agent is documented, with its default, and none that there is not', () => {
  const rows = rowsIn(ofAgent)
  expect([...rows.keys()].sort()).toEqual([...SETTING_NAMES].sort())
  expect(defaultsToldWrong(rows, SettingsFields.parse({}))).toEqual([])
})

test('every setting of a database is documented, with its default, and none that there is not', () => {
  const rows = rowsIn(ofDatabase)
  const named = DATABASE_SETTING_NAMES.filter(name => name === 'destination' || !PLACE_NAMES.includes(name))
  expect([...rows.keys()].sort()).toEqual([...named, 'schedule_NAME', 'drill_NAME'].sort())
  expect(defaultsToldWrong(rows, DatabaseFields.parse({}))).toEqual([])
})
