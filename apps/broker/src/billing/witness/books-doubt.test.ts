import { expect, test } from '@jest/globals'
import { doubtOf, type KnownOfBooks } from './books-doubt.ts'

const books = { fingerprint: 'cluster:1', highest: 7n }
const known: KnownOfBooks = { lastFingerprint: 'cluster:1', highestSeen: 7n, wasWitnessTold: true }
const remembered = (...books: [string, bigint][]) => new Map(books)

test.each<[string, Partial<KnownOfBooks>, ReturnType<typeof doubtOf>]>([
  ['the witness is not asked', {}, undefined],
  ['they came as far as it remembers', { remembered: remembered(['cluster:1', 7n]) }, undefined],
  ['they came further since', { remembered: remembered(['cluster:1', 6n]) }, undefined],
  ['more of them is remembered', { remembered: remembered(['cluster:1', 8n]) }, 'restored'],
  ['others took over from them', { remembered: remembered(['cluster:2', 1n]) }, 'restored'],
  [
    'others are remembered beside them',
    { remembered: remembered(['cluster:2', 9n], ['cluster:1', 7n]) },
    undefined,
  ],
  ['billing last ran on others', { lastFingerprint: 'cluster:0' }, 'restored'],
  ['billing has not run on any', { lastFingerprint: null }, 'restored'],
  ['this process has seen more', { highestSeen: 8n }, 'restored'],
  ['the witness was told, and knows nothing', { remembered: remembered() }, 'forgotten'],
  [
    'the witness was never told, and knows nothing',
    { remembered: remembered(), wasWitnessTold: false },
    undefined,
  ],
  [
    'the witness knows nothing, and they are others',
    { remembered: remembered(), highestSeen: 8n },
    'restored',
  ],
])('where %s', (_case, beside, doubt) => {
  expect(doubtOf(books, { ...known, ...beside })).toBe(doubt)
})
