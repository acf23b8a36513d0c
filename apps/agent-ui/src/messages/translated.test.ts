import { expect, test } from '@jest/globals'
import { de } from './de/index.ts'
import { en } from './en/index.ts'

/** The compiler holds the shapes of the languages together; this holds that each text is really a translation. */

/** Texts that are the same in both languages, each on purpose: names, words that German took over, and nothing at all. */
const SAME = new Set([
  'backup.odooVersion',
  'backup.postgresVersion',
  'restore.reasons.chosen',
  'restore.checks.name',
  'restore.checks.postgres',
  'settings.format',
  'settings.namesOf.format',
  'settings.tokenName',
  'storage.kinds.broker',
  'storage.help.bucket',
  'storage.help.accessKeyId',
  'storage.region',
  'storage.bucket',
])

/** Every text by its path; of one that is made of values, nothing. */
function textsOf(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, part]) =>
    textsOf(part, path === '' ? name : `${path}.${name}`),
  )
}

const english = new Map(textsOf(en))
const german = new Map(textsOf(de))

test('every text is there in German, and is not the English one', () => {
  expect([...german.keys()]).toEqual([...english.keys()])
  const same = [...english.keys()].filter(path => german.get(path) === english.get(path))
  expect(new Set(same)).toEqual(SAME)
  expect([...german].filter(([path, text]) => text.trim() === '' && english.get(path) !== '')).toEqual([])
})
