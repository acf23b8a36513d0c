import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { COMPLETE, filtered, isRefused, KNOWN_SETTINGS } from '../testing/filtered-dump.ts'
import { DumpFilter } from './dump-filter.ts'

const passes = async (statement: string) => {
  const { text } = await filtered(statement + COMPLETE)
  expect(text.trim()).toBe(statement.trim())
}
const isLeftOut = async (statement: string, warnings: readonly unknown[]) => {
  const { text, counts } = await filtered(statement + COMPLETE)
  expect(text.trim()).toBe('')
  expect([...counts.warnings]).toEqual(warnings)
}
test.each([
  "SET client_encoding = 'UTF8';",
  "SELECT pg_catalog.set_config('search_path', '', false);",
  'SELECT pg_catalog.setval(\'public."Odd; name"\', -12, true);',
  'CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;',
  'SET search_path = public, pg_catalog;',
  'CREATE EXTENSION IF NOT EXISTS plpgsql WITH SCHEMA pg_catalog;',
  'CREATE TABLE res_users (id integer NOT NULL, login character varying(64) NOT NULL);',
  "ALTER TABLE ONLY res_users ALTER COLUMN id SET DEFAULT nextval('res_users_id_seq'::regclass);",
  "SELECT pg_catalog.setval('res_users_id_seq', 7, true);",
  'CREATE TABLE public.t (a integer DEFAULT 1, b text CHECK (char_length(b) > 0), c integer GENERATED ALWAYS AS (a * 2) STORED);',
  'CREATE UNLOGGED TABLE public.http_session (id integer REFERENCES public.http_route(id));',
  'CREATE SEQUENCE public.s AS integer START WITH 1;',
  'CREATE UNIQUE INDEX i ON public.t USING btree (lower((b)::text)) WHERE (a > 0);',
  "CREATE VIEW public.v AS SELECT sum(a) AS a, 'it''s; -- fine' AS b FROM public.t;",
  'CREATE MATERIALIZED VIEW public.m AS SELECT 1 AS a WITH NO DATA;',
  'REFRESH MATERIALIZED VIEW public.m;',
  "CREATE TYPE public.mood AS ENUM ('a;b', 'c''d');",
  'ALTER TABLE ONLY public.t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES public.u(id) ON DELETE SET NULL;',
  "ALTER TABLE ONLY public.t ALTER COLUMN id SET DEFAULT nextval('public.s'::regclass);",
  'ALTER SEQUENCE public.s OWNED BY public.t.id;',
  "COMMENT ON COLUMN public.t.a IS 'a \\ backslash; and a -- dash';",
  'COMMENT ON CONSTRAINT c ON public."Odd t" IS NULL;',
  'CREATE EXTENSION IF NOT EXISTS "uuid-ossp" WITH SCHEMA public;',
  "CREATE VIEW public.v AS SELECT a[1:n] AS a, 'x'::\"char\" AS b, ARRAY['a'::text, E'\\\\'::text] AS c FROM public.t;",
  'CREATE VIEW public.v AS SELECT public.similarity(a, b) AS s, pg_backend_pid() AS p FROM public.t;',
  'CREATE TYPE public.pair AS (a integer, b text);',
  'CREATE TYPE public.span AS RANGE (subtype = double precision);',
])('what pg_dump writes for Odoo passes as it stands: %s', async statement => {
  await passes(statement)
})

test.each([
  'CREATE TABLE public.t (id integer CONSTRAINT t_id_nn NOT NULL, n integer GENERATED ALWAYS AS ((id * 2)));',
  'CREATE TABLE public.t (id integer NOT NULL, CONSTRAINT x NOT NULL id NO INHERIT);',
  'ALTER TABLE public.t ADD CONSTRAINT t_nn NOT NULL id NOT VALID;',
  'ALTER TABLE ONLY public.t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES public.u(id) NOT ENFORCED;',
])('what the syntax of PostgreSQL 18 adds to tables passes as it stands: %s', async statement => {
  await passes(statement)
})

test.each([
  'GRANT ALL ON TABLE public.t TO x;',
  'REVOKE ALL ON SCHEMA public FROM PUBLIC;',
  'ALTER DEFAULT PRIVILEGES FOR ROLE x GRANT ALL ON TABLES TO y;',
  'ALTER TABLE public.t OWNER TO x;',
  "COMMENT ON ROLE postgres IS 'x';",
  'CREATE SCHEMA public;',
  'SET no_such_setting = on;',
  'SET transaction_timeout = 0;',
  'SET SESSION AUTHORIZATION postgres;',
  'SET ROLE postgres;',
  "SET default_tablespace = 'elsewhere';",
])('what would fail here and matters to nobody is left out, and told: %s', async statement => {
  await isLeftOut(statement, [expect.objectContaining({ code: expect.stringMatching(/_left_out$/) })])
})

test.each(["COMMENT ON EXTENSION plpgsql IS 'x';", '\\restrict abc\n', '\\unrestrict abc\n'])(
  'what every dump of pg_dump has is left out without a word: %s',
  async statement => {
    await isLeftOut(statement, [])
  },
)

const REFUSED: readonly (readonly [statement: string, because?: RegExp])[] = [
  ['COMMIT;'],
  ['BEGIN;'],
  ['ROLLBACK;'],
  ['SET TRANSACTION READ ONLY;', /transaction control/],
  ['DROP TABLE public.t;'],
  ['ALTER TABLE public.t DROP COLUMN a;'],
  ['ALTER DATABASE odoo RENAME TO x;'],
  ["ALTER ROLE odoo PASSWORD 'x';"],
  ['ALTER SYSTEM SET archive_command = $$x$$;'],
  ['DO $$ BEGIN END $$;'],
  ['CALL public.p();'],
  ['INSERT INTO public.t VALUES (1);'],
  ['UPDATE public.t SET a = 1;'],
  ['DELETE FROM public.t;'],
  ['TRUNCATE public.t;'],
  ['EXECUTE x;'],
  ['PREPARE x AS SELECT 1;'],
  ['LISTEN x;'],
  ["LOAD 'x';"],
  ['VACUUM;'],
  ['EXPLAIN ANALYZE SELECT 1;'],
  ['WITH x AS (SELECT 1) SELECT 1;'],
  ['SELECT 1;'],
  ["SELECT pg_catalog.set_config('role', 'x', false);"],
  ["SELECT pg_catalog.lo_create('16400');", /large objects.*--trust-code/],
  ["SELECT pg_catalog.lo_export(16400, '/tmp/x');"],
  ["SELECT pg_catalog.setval('s', (SELECT 1)::bigint, true);"],
  ["SELECT pg_catalog.setval('s', 1, true), pg_sleep(1);"],
  ["COPY public.t FROM '/etc/passwd';"],
  ["COPY public.t FROM PROGRAM 'id';"],
  ["COPY public.t TO PROGRAM 'id';"],
  ['COPY (SELECT 1) TO stdout;'],
  ['COPY public.t FROM stdin WITH (FORMAT csv);\nx\n\\.\n'],
  ['COPY public.t FROM "stdin";'],
  ['CREATE TABLE public.t AS SELECT pg_terminate_backend(1);'],
  ["CREATE TABLE public.t (a text DEFAULT pg_read_file('/etc/passwd'));", /pg_read_file\(\)/],
  [
    'CREATE TABLE public.t (a text CHECK (pg_catalog."pg_terminate_backend"(a::int)));',
    /pg_terminate_backend/,
  ],
  ['CREATE VIEW public.v AS SELECT dblink_exec($$x$$);', /dblink_exec/],
  ["CREATE INDEX i ON public.t (lo_import('/etc/passwd'));", /lo_import/],
  ['CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS $$SELECT 1$$;', /--trust-code/],
  ['CREATE TRIGGER t BEFORE INSERT ON public.t EXECUTE FUNCTION public.f();', /--trust-code/],
  ['CREATE OR REPLACE RULE r AS ON SELECT TO public.t DO INSTEAD SELECT 1;', /--trust-code/],
  ['ALTER TABLE public.t DISABLE TRIGGER ALL;', /--trust-code/],
  ['CREATE SCHEMA other;', /--trust-code/],
  ["CREATE VIEW public.v AS SELECT cron.schedule('* * * * *', 'DROP TABLE t');", /cron\.schedule/],
  ["CREATE VIEW public.v AS SELECT xslt_process('', '');", /xslt_process/],
  ['CREATE EXTENSION adminpack;', /adminpack.*--trust-code/],
  ['CREATE EXTENSION IF NOT EXISTS plpython3u WITH SCHEMA pg_catalog;', /plpython3u/],
  ['CREATE EXTENSION IF NOT EXISTS "dblink" WITH SCHEMA public;', /dblink/],
  ["CREATE EXTENSION pg_trgm VERSION '1.0' CASCADE;", /EXTENSION/],
  ['CREATE TYPE public.b (INPUT = f, OUTPUT = g);', /base type.*--trust-code/],
  ['CREATE TYPE public.b;', /base type/],
  ["COMMENT ON TABLE public.t IS 'a' 'b';", /COMMENT/],
  ["COMMENT ON TABLE public.t IS lower('a');", /COMMENT/],
  ['COPY pg_catalog.pg_authid (rolname, rolsuper) FROM stdin;\nx\tt\n\\.\n', /PostgreSQL itself/],
  ['COPY pg_authid (rolname, rolsuper) FROM stdin;\nx\tt\n\\.\n', /PostgreSQL itself/],
  ['COPY "pg_catalog"."pg_proc" (proname) FROM stdin;\nx\n\\.\n', /PostgreSQL itself/],
  ['COPY information_schema.sql_features (feature_id) FROM stdin;\nx\n\\.\n', /PostgreSQL itself/],
  ['COPY other.t (a) FROM stdin;\nx\n\\.\n', /--trust-code/],
  ["SELECT pg_catalog.set_config('search_path', 'other', false);"],
  ['SET search_path = other, pg_catalog;'],
  ['ALTER DOMAIN public.d OWNER TO x; DROP TABLE t;'],
  ['ALTER SCHEMA public RENAME TO x;', /--trust-code/],
  ['CREATE DATABASE other;'],
  ['CREATE ROLE other;'],
  ["CREATE SUBSCRIPTION s CONNECTION 'host=x' PUBLICATION p;"],
  ['CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION f();'],
  ['CREATE FOREIGN TABLE f (a int) SERVER s;'],
  ['SET standard_conforming_strings = off;'],
  ["SET client_encoding = 'SJIS';"],
  ['CREATE TABLE t (a int); \\! id', /command for psql/],
  ['CREATE TABLE t (a int) \\gexec', /backslash outside/],
  ['CREATE RULE r AS ON INSERT TO t DO INSTEAD (SELECT 1; SELECT 2);', /--trust-code/],
  ['CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END;', /--trust-code/],
  ['\\connect other\n', /command for psql/],
  ['\\restrict x; \\! id\n', /command for psql/],
  ['-- a comment that ends at a carriage return\rDROP TABLE t;'],
  ['CREATE TABLE t (a int);\0', /zero byte/],
]

test.each(REFUSED.map(([statement, because]) => ({ statement, because })))(
  'anything else is refused: $statement',
  async ({ statement, because }) => {
    await isRefused(statement, because)
  },
)

test.each([
  'CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS $_$SELECT $1; -- $$ \\! $_$;',
  'CREATE TRIGGER t BEFORE INSERT ON public.t FOR EACH ROW EXECUTE FUNCTION public.f();',
  'ALTER FUNCTION public.f() STABLE;',
  'CREATE SCHEMA other;',
  'CREATE DOMAIN public.d AS text CHECK (length(VALUE) > 0);',
  'CREATE VIEW public.v AS SELECT * FROM public.crosstab($$SELECT 1$$) a(b integer);',
  "CREATE TABLE public.t (a text DEFAULT current_setting('app.user'::text));",
  'CREATE EXTENSION IF NOT EXISTS dblink WITH SCHEMA public;',
  'CREATE RULE r AS ON INSERT TO public.t DO INSTEAD (SELECT 1; SELECT 2;);',
  "CREATE OR REPLACE FUNCTION f(a int) RETURNS int\n BEGIN ATOMIC\n SELECT CASE WHEN true THEN 1 END; SELECT ';'; END;",
  "SELECT pg_catalog.lo_create('16400');",
  'BEGIN;',
  "SELECT pg_catalog.lo_open('16400', 131072);",
  "SELECT pg_catalog.lowrite(0, '\\x00ff');",
  'SELECT pg_catalog.lo_close(0);',
  'COMMIT;',
  'CREATE CAST (text AS integer) WITH FUNCTION public.f(text);',
  'CREATE POLICY p ON public.t USING (true);',
  'CREATE TYPE public.b;',
])('code passes when the administrator allows it: %s', async statement => {
  const { text } = await filtered(statement + COMPLETE, { allowFunctions: true })
  expect(text.trim()).toBe(statement)
})

test('rows pass untouched, whatever they look like, and are counted', async () => {
  const rows = ['a\tb', '\\\\.', '\\.x', ' \\.', "'; DROP TABLE t; --", '\\N', '\\! id', '-- x', 'r\\r']
  const dump = `COPY public."Ж t" (a, "b c") FROM stdin;\n${rows.join('\n')}\n\\.\n\n${COMPLETE}`
  const { text, counts } = await filtered(dump)
  expect(text).toBe(`COPY public."Ж t" (a, "b c") FROM stdin;\n${rows.join('\n')}\n\\.\n`)
  expect([...counts.rowCounts]).toEqual([['public.Ж t', rows.length]])
})

test('a statement cannot hide on the line of COPY, nor behind its rows', async () => {
  await isRefused('COPY public.t (a) FROM stdin; DROP TABLE t;\nx\n\\.\n', /on the line of COPY/)
  await isRefused('COPY public.t (a) FROM stdin;\nx\n\\.\nDROP TABLE t;\n')
  await isRefused('COPY public.t (a) FROM stdin;\n\\.\r\nDROP TABLE t;\n')
})

test.each([
  '',
  'CREATE TABLE t (a int);\n',
  'CREATE TABLE t (a int',
  'COPY public.t (a) FROM stdin;\nx\n',
  'COPY public.t (a) FROM stdin;\nx\n-- PostgreSQL database dump complete\n',
  "COMMENT ON TABLE t IS '\n-- PostgreSQL database dump complete\n",
  "COMMENT ON TABLE t IS '-- PostgreSQL database dump complete';\n",
])('a dump without its closing line is not whole: %j', async dump => {
  await expect(filtered(dump)).rejects.toMatchObject({ code: 'dump_incomplete' })
})

test('nothing follows the closing line but comments and \\unrestrict', async () => {
  const { text } = await filtered(`${COMPLETE}\\unrestrict abc\n-- end\n`)
  expect(text).toBe('')
  await expect(filtered(`${COMPLETE}CREATE TABLE t (a int);`)).rejects.toMatchObject({ code: 'dump_refused' })
})

test('a quote that never ends does not fill the memory', async () => {
  const endless = Readable.from(
    (function* () {
      yield Buffer.from("COMMENT ON TABLE t IS '")
      for (let turn = 0; turn < 1000; turn++) yield Buffer.alloc(1_000_000, 'x')
    })(),
    { objectMode: false },
  )
  const filter = new DumpFilter({ allowFunctions: false, knownSettings: KNOWN_SETTINGS })
  await expect(buffer(endless.pipe(filter))).rejects.toMatchObject({
    message: expect.stringMatching(/32 MiB/),
  })
})

const SAMPLE = [
  "SET client_encoding = 'UTF8';",
  "-- a comment; with a quote '",
  "COMMENT ON TABLE public.t IS 'it''s -- /* no comment */ \\ $$';",
  'CREATE TABLE public."a;b""c" (x text DEFAULT $a$;\'$$$a$, y text);',
  "CREATE VIEW public.v AS SELECT E'\\';\\\\' AS a, 'x'::text AS \"b\";",
  'COPY public.t (a) FROM stdin;\n\\\\.\nx\\\n\\.y\n\\.',
  'COPY public.u (a) FROM stdin;\n\\.',
  "SELECT pg_catalog.setval('public.s', 7, true);",
  COMPLETE,
].join('\n')

test('however the bytes are cut, the same comes out', async () => {
  const whole = await filtered(SAMPLE)
  expect([...whole.counts.rowCounts]).toEqual([
    ['public.t', 3],
    ['public.u', 0],
  ])
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }),
      async sizes => {
        const pieces = await filtered(SAMPLE, { sizes })
        expect(pieces.text).toBe(whole.text)
        expect([...pieces.counts.rowCounts]).toEqual([...whole.counts.rowCounts])
        expect([...pieces.counts.sequences]).toEqual([['public.s', '7']])
      },
    ),
    { numRuns: 200 },
  )
})

test('wherever a dump is cut, it does not pass for whole', async () => {
  const end =
    SAMPLE.indexOf('-- PostgreSQL database dump complete') + '-- PostgreSQL database dump complete'.length
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: end - 1 }), async length => {
      await expect(filtered(SAMPLE.slice(0, length))).rejects.toMatchObject({ name: 'OdooError' })
    }),
    { numRuns: 200 },
  )
})
