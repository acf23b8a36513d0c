import { expect, test } from '@jest/globals'
import { textsOf } from '../../../../../test/fixtures/texts-of.ts'
import { de } from './de.ts'
import { en } from './en.ts'

/** The compiler holds the shapes of the languages together; this holds that each text is really a translation. */

/** Texts that are the same word in both languages, each on purpose. */
const SAME = new Set(['oneAccount.name', 'number', 'actors.stripe'])

const english = new Map(textsOf(en, ''))
const german = new Map(textsOf(de, ''))

test('every text of the console is there in German, and is not the English one', () => {
  expect([...german.keys()]).toEqual([...english.keys()])
  const same = [...english.keys()].filter(path => german.get(path) === english.get(path))
  expect(new Set(same)).toEqual(SAME)
  expect([...german.values()].filter(text => text.trim() === '')).toEqual([])
})

test('a text of the console that is made of values has the same ones in German', () => {
  const values = (text = '') => [...new Set(text.match(/⟨\d⟩/g))].toSorted()
  for (const [path, text] of english)
    expect({ path, values: values(german.get(path)) }).toEqual({ path, values: values(text) })
})
