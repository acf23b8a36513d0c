import { expect, test } from '@jest/globals'
import { textsOf } from '../../../../../test/fixtures/texts-of.ts'
import { de } from './de.ts'
import { en } from './en.ts'

/** The compiler holds the shapes of the languages together; this holds that each text is really a translation. */

/** Texts that are the same word in both languages, each on purpose. */
const SAME = new Set(['account.name', 'credit.currency', 'credit.number'])

const english = new Map(textsOf(en, ''))
const german = new Map(textsOf(de, ''))
const isShared = (path: string) => !path.startsWith('problems.') && !path.startsWith('credit.charge.')

test('every text is there in German, and is not the English one', () => {
  const paths = [...english.keys()].filter(isShared)
  expect([...german.keys()].filter(isShared)).toEqual(paths)
  const same = paths.filter(path => german.get(path) === english.get(path))
  expect(new Set(same)).toEqual(SAME)
  expect([...german.values()].filter(text => text.trim() === '')).toEqual([])
})

test('a text that is made of values has the same ones in German', () => {
  const values = (text = '') => [...new Set(text.match(/⟨\d⟩/g))].toSorted()
  for (const path of [...english.keys()].filter(isShared))
    expect({ path, values: values(german.get(path)) }).toEqual({ path, values: values(english.get(path)) })
})

test('what a refusal is called is said for every status that the broker answers with', () => {
  for (const status of [400, 401, 402, 403, 404, 408, 409, 413, 415, 429, 431, 500, 503])
    expect(de.problems.titles[status]).toMatch(/\S/)
})

test('values and their faults are called something in both languages', () => {
  expect(Object.keys(de.problems.values)).toEqual(Object.keys(en.problems.values))
  expect(Object.keys(de.problems.faults)).toEqual(Object.keys(en.problems.faults))
})
