import { expect, test } from '@jest/globals'
import { COMPLETE } from '../testing/filtered-dump.ts'
import { DumpObserver } from './dump-observer.ts'

test('rows of another schema are rows, of which a restore will ask for the word', () => {
  const observer = new DumpObserver()
  observer.push(
    Buffer.from(
      `CREATE SCHEMA reports;\n
CREATE TABLE reports.note (text text);\n
COPY public.res_users (id, login) FROM stdin;\n1\tadmin\n2\tdemo\n\\.\n
COPY reports.note (text) FROM stdin;\na\t'half a quotation\n\\.\n
COPY public.res_partner (id) FROM stdin;\n1\n\\.\n
SELECT pg_catalog.setval('public.res_users_id_seq', 2, true);\n${COMPLETE}`,
    ),
  )
  observer.end()
  expect([...observer.rowCounts]).toEqual([
    ['public.res_users', 2],
    ['reports.note', 1],
    ['public.res_partner', 1],
  ])
  expect([...observer.sequences]).toEqual([['public.res_users_id_seq', '2']])
  expect([...observer.warnings]).toEqual([
    { code: 'code_asks', words: expect.stringMatching(/^CREATE SCHEMA/) },
    { code: 'code_asks', words: expect.stringMatching(/^rows for the schema reports/) },
  ])
})

test('a whole dump is a backup, whatever the lexer makes of it; one that is cut off is none', () => {
  const unread = new DumpObserver()
  unread.push(Buffer.from(`SELECT 'a text that never ends;\n${COMPLETE}`))
  unread.end()
  expect([...unread.warnings]).toEqual([{ code: 'code_unread', words: expect.any(String) }])
  const cut = new DumpObserver()
  cut.push(Buffer.from(`CREATE TABLE public.a (id integer);\nSELECT 'a text that never ends;\n`))
  expect(() => cut.end()).toThrow(/not whole/)
})
