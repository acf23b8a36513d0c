import { expect, test } from '@jest/globals'
import { doubtOf, isEarlier, type KnownOfBooks } from './books-doubt.ts'
import { furthest } from './books-print.ts'

const heights = (...[money, log]: readonly [bigint, bigint]) =>
  new Map([
    ['cluster:1:money', money],
    ['cluster:1:log', log],
  ])
const books = { fingerprint: 'cluster:1', resumedAs: null, heights: heights(7n, 70n) }
const known: KnownOfBooks = { lastFingerprint: 'cluster:1', seen: books, wasWitnessTold: true }
const others = new Map([
  ['cluster:2:money', 1n],
  ['cluster:2:log', 1n],
])

test.each<[string, Partial<KnownOfBooks>, ReturnType<typeof doubtOf>]>([
  ['the witness is not asked', {}, undefined],
  ['they came as far as it remembers', { remembered: heights(7n, 70n) }, undefined],
  ['they came further since', { remembered: heights(6n, 70n) }, undefined],
  ['more of them is remembered', { remembered: heights(8n, 71n) }, 'restored'],
  ['one table ends earlier, and the other later', { remembered: heights(8n, 30n) }, 'restored'],
  ['the other table ends earlier', { remembered: heights(1n, 71n) }, 'restored'],
  ['others took over from them', { remembered: others }, 'restored'],
  ['others are remembered beside them', { remembered: new Map([...others, ...books.heights]) }, undefined],
  ['billing last ran on others', { lastFingerprint: 'cluster:0' }, 'restored'],
  ['billing has not run on any', { lastFingerprint: null }, 'restored'],
  ['this process has seen more', { seen: { ...books, heights: heights(8n, 70n) } }, 'restored'],
  ['this process has seen none', { seen: undefined }, undefined],
  [
    'this process has seen others',
    { seen: { fingerprint: 'cluster:2', resumedAs: null, heights: others } },
    undefined,
  ],
  ['the witness was told, and knows nothing', { remembered: new Map() }, 'forgotten'],
  [
    'the witness was never told, and knows nothing',
    { remembered: new Map(), wasWitnessTold: false },
    undefined,
  ],
  [
    'the witness knows nothing, and they end earlier',
    { remembered: new Map(), seen: { ...books, heights: heights(8n, 70n) } },
    'restored',
  ],
])('where %s', (_case, beside, doubt) => {
  expect(doubtOf(books, { ...known, ...beside })).toBe(doubt)
})

test('of two looks that come in the wrong order the further one stays, and of other books the later one', () => {
  const early = { ...books, heights: heights(6n, 71n) }
  expect(furthest(books, early).heights).toEqual(heights(7n, 71n))
  expect(furthest(undefined, early)).toBe(early)
  const after = { fingerprint: 'cluster:2', resumedAs: null, heights: others }
  expect(furthest(books, after)).toBe(after)
})

test.each([
  ['they came as far', books.heights, false],
  ['one table came further', heights(7n, 71n), true],
  ['they were resumed since', new Map([['cluster:1:a resumption:money', 0n]]), true],
  ['others are remembered', new Map([['cluster:11:money', 9n]]), false],
])('books that billing has not looked at yet are earlier ones, where %s', (_case, remembered, isSo) => {
  expect(isEarlier(books, remembered)).toBe(isSo)
})
