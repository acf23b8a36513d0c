import type { Token } from './tokens.ts'

/** Functions that reach beyond the row: files, sessions, network, other SQL. Matched in lower case. */
const DANGEROUS =
  /^(?:pg_.*|lo_.*|loread|lowrite|dblink.*|(?:query|cursor|table|schema|database)_to_xml.*|ts_stat|ts_rewrite|set_config|setval|current_setting|xpath_table|xslt_process|crosstab.*|connectby|txid_.*|postgres_fdw.*|file_fdw.*|http.*|binary_upgrade.*|brin_.*|gin_clean.*|row_security_active|inet_server.*|currtid.*|plpgsql_.*)$/

/** Of those, what views of real databases use and what only reads about types, sizes and definitions. */
const HARMLESS = new Set([
  'pg_backend_pid',
  'pg_column_size',
  'pg_database_size',
  'pg_encoding_to_char',
  'pg_get_constraintdef',
  'pg_get_expr',
  'pg_get_indexdef',
  'pg_get_serial_sequence',
  'pg_get_userbyid',
  'pg_get_viewdef',
  'pg_indexes_size',
  'pg_relation_size',
  'pg_size_pretty',
  'pg_table_is_visible',
  'pg_table_size',
  'pg_total_relation_size',
  'pg_typeof',
])

/** Where a dump of Odoo's functions and types are: PostgreSQL's own, and those of extensions in `public`. */
const USUAL_SCHEMAS = new Set(['pg_catalog', 'public'])

/**
 * The first call in a statement of a function that a CHECK, a default, an index or a view of Odoo has no use
 * for. Such an expression runs while rows are loaded, with all rights of Odoo's role: it could end Odoo's
 * sessions, or read files where the role is a superuser.
 */
export function dangerousCall(tokens: readonly Token[]): string | undefined {
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1]
    if (next?.text !== '(' || next.kind !== 'symbol') continue
    if (token.kind !== 'word' && token.kind !== 'name') continue
    if (namesTable(tokens, index)) continue
    const name = nameOf(token)
    const schema = schemaBefore(tokens, index)
    if (schema !== undefined && !USUAL_SCHEMAS.has(schema)) return `${schema}.${name}`
    if (DANGEROUS.test(name) && !HARMLESS.has(name)) return name
  }
  return undefined
}

/** A name as PostgreSQL reads it: in lower case unless it is quoted. */
export function nameOf(token: Token): string {
  return token.kind === 'word' ? token.text.toLowerCase() : token.text
}

function schemaBefore(tokens: readonly Token[], index: number): string | undefined {
  const [schema, dot] = [tokens[index - 2], tokens[index - 1]]
  return schema !== undefined && dot?.kind === 'symbol' && dot.text === '.' ? nameOf(schema) : undefined
}

/** Whether the name at `index` is a table's, as in `CREATE TABLE public.http_session (` or `REFERENCES …(id)`. */
function namesTable(tokens: readonly Token[], index: number): boolean {
  const before = tokens[index - 1]?.text === '.' ? tokens[index - 3] : tokens[index - 1]
  return before?.kind === 'word' && (before.text === 'TABLE' || before.text === 'REFERENCES')
}
