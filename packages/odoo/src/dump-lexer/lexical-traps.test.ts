import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { COMPLETE, filtered, isRefused } from '../testing/filtered-dump.ts'

/** What some version of psql or the server reads otherwise than another, each with a statement behind it. */
const TRAPS: readonly (readonly [statement: string, because: RegExp])[] = [
  ["CREATE VIEW v AS SELECT E'\\'' '; DROP TABLE t; --';", /continues an E/],
  ["CREATE VIEW v AS SELECT E'x'\n'\\' '; DROP TABLE t; --';", /continues an E/],
  // White space from PostgreSQL 17 on, and not before.
  ["CREATE VIEW v AS SELECT E'x'\n\v'\\' '; COMMIT; DROP DATABASE other; --';", /0x0b/],
  ["COMMENT ON TABLE t IS E'a'\v\r'\\' ' ; DROP DATABASE victim; --'\n;", /0x0b/],
  ["CREATE VIEW v AS SELECT E'x' -- comment\n\v'\\' '; DROP TABLE t; --';", /comment inside/],
  ['\vDROP TABLE t;', /0x0b/],
  ['\fDROP TABLE t;', /0x0c/],
  // psql puts its variables in, and takes the string behind for a plain one.
  ["COMMENT ON TABLE public.t IS :E'\\'\\! touch was-here\n';", /variable/],
  ["COMMENT ON TABLE public.t IS :'HOST';", /variable/],
  ['CREATE TABLE public.t (a int DEFAULT :"HOST");', /variable/],
  ['CREATE TABLE public.t (a int DEFAULT :DBNAME);', /variable/],
  ['CREATE TABLE public.t (a int DEFAULT :{?x});', /variable/],
  // One token of junk for psql 15, two for others.
  ["COMMENT ON TABLE public.t IS 1.E'\\'\\! touch was-here\n';", /glued/],
  ["CREATE VIEW v AS SELECT 1E'\\'';", /glued/],
  ["CREATE VIEW v AS SELECT aE'\\'';", /glued/],
  ["CREATE VIEW v AS SELECT \"a\"E'\\'';", /glued/],
  ["CREATE VIEW v AS SELECT N'x';", /glued/],
  ["CREATE TABLE u (a text DEFAULT U&'\\0027');", /glued/],
  ['CREATE TABLE u (a text DEFAULT U&"\\0070g_read_file"(\'/etc/hostname\'));', /glued/],
  ['CREATE MATERIALIZED VIEW m AS SELECT U&"pg\\005fterminate_backend"(pid) FROM pg_stat_activity;', /glued/],
  ['CREATE TABLE a$b (c int);', /dollar sign/],
  ['CREATE TABLE a (b text DEFAULT 1$$;$$);', /dollar sign/],
  ['/* a comment /* in a comment */ */ CREATE TABLE t (a int);', /comment inside/],
  ['CREATE TABLE t (a int /* ; */);', /comment inside/],
  ['CREATE TABLE t (a int) -- ;\n;', /comment inside/],
  ['CREATE TABLE t\u00a0(a int);', /0xc2/],
  ['CREATE TABLE größe (a int);', /0xc3/],
]

test.each(TRAPS)('no version of psql may read another statement in it: %j', async (statement, because) => {
  await isRefused(statement, because)
  await isRefused(statement, because, true)
})

/** Statements of pg_dump, cut where something may be put in between two tokens. */
const PLAIN = [
  ['CREATE TABLE public.t (', 'a integer', ' DEFAULT 1', ');'],
  ['COMMENT ON TABLE public.t IS ', "'text'", ';'],
  ['CREATE VIEW public.v AS SELECT ', "E'\\\\'", ' AS b', ';'],
] as const

test('no control character and no byte outside of ASCII stands outside of quotes', async () => {
  const foreign = fc
    .integer({ min: 1, max: 255 })
    .filter(byte => (byte < 0x20 && ![0x09, 0x0a, 0x0d].includes(byte)) || byte >= 0x7f)
  await fc.assert(
    fc.asyncProperty(foreign, fc.constantFrom(...PLAIN), fc.nat(), async (byte, parts, where) => {
      const at = where % parts.length
      const [before, after] = [parts.slice(0, at).join(''), parts.slice(at).join('')]
      await isRefused(Buffer.concat([Buffer.from(before), Buffer.from([byte]), Buffer.from(after)]))
    }),
    { numRuns: 500 },
  )
})

test('inside of quotes every byte passes', async () => {
  const text = fc.uint8Array({ min: 1, maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(text, async bytes => {
      const quoted = Buffer.from(bytes).toString('latin1').replaceAll("'", "''")
      const statement = Buffer.from(`COMMENT ON TABLE public.t IS '${quoted}';\n`, 'latin1')
      const { bytes: out } = await filtered(Buffer.concat([statement, Buffer.from(COMPLETE)]))
      expect(out).toEqual(statement)
    }),
    { numRuns: 300 },
  )
})
