import type { WarningText } from '@odoo-backup/protocol'
import { dangerousCall, nameOf } from './dangerous-functions.ts'
import { isKnownExtension } from './extensions.ts'
import { expectedValue } from './session-settings.ts'
import type { Token } from './tokens.ts'

/** What is to be done with a statement. */
export type Verdict =
  | { readonly verdict: 'pass' }
  | { readonly verdict: 'copy'; readonly table: string }
  | { readonly verdict: 'sequence'; readonly sequence: string; readonly value: string }
  | { readonly verdict: 'skip'; readonly warning?: WarningText }
  | { readonly verdict: 'refuse'; readonly reason: string; readonly needsWord?: true }

export interface Policy {
  /** The administrator's word that functions, triggers, rules and other objects of SQL may be created. */
  readonly allowFunctions: boolean
  /** Settings (`pg_settings.name`) that the server knows; what newer pg_dumps set besides is skipped. */
  readonly knownSettings: ReadonlySet<string>
}

const PASS: Verdict = { verdict: 'pass' }
const refuse = (reason: string): Verdict => ({ verdict: 'refuse', reason })
const skip = (warning?: WarningText): Verdict => ({ verdict: 'skip', ...(warning ? { warning } : {}) })

const needsWord = (what: string): Verdict => ({
  verdict: 'refuse',
  reason: `${what}. If you trust where the backup comes from, restore it with its code trusted (--trust-code on the command line): that allows functions and triggers`,
  needsWord: true,
})

/** What Odoo does not make by itself, though modules and administrators do; some of it is code. */
const ON_THE_WORD = new Set([
  'FUNCTION',
  'PROCEDURE',
  'AGGREGATE',
  'OPERATOR',
  'TRIGGER',
  'RULE',
  'SCHEMA',
  'DOMAIN',
  'COLLATION',
  'STATISTICS',
  'CAST',
  'POLICY',
  'PUBLICATION',
  'TEXT',
  'CONVERSION',
  'LANGUAGE',
  'PROCEDURAL',
  'TRUSTED',
  'EVENT',
  'SERVER',
  'FOREIGN',
])

/**
 * Decides by an allow-list: only what pg_dump writes for an Odoo database passes. A dump is input from
 * outside, and it is run with all rights of Odoo's role.
 */
export function judge(tokens: readonly Token[], policy: Policy): Verdict {
  const body = tokens.at(-1)?.text === ';' ? tokens.slice(0, -1) : tokens
  if (body.length === 0) return skip()
  const words = body.slice(0, 6).map(token => (token.kind === 'word' ? token.text : ''))
  if (body.some(isSemicolon) && !(policy.allowFunctions && words[0] === 'CREATE'))
    return needsWord('a statement with commands inside, as rules and routines have')
  switch (words[0]) {
    case 'SET':
      return judgeSet(body, words, policy)
    case 'SELECT':
      return judgeSelect(body, policy)
    case 'COPY':
      return judgeCopy(body, policy)
    case 'CREATE':
      return judgeCreate(body, words, policy)
    case 'ALTER':
      return judgeAlter(body, words, policy)
    case 'COMMENT':
      return judgeComment(body, words)
    case 'REFRESH':
      return words[1] === 'MATERIALIZED' && words[2] === 'VIEW' ? PASS : refuseStatement(words)
    case 'BEGIN':
    case 'COMMIT':
      // Around the rows of large objects.
      return body.length === 1 && policy.allowFunctions ? PASS : refuseStatement(words)
    case 'GRANT':
    case 'REVOKE':
      return skip({ code: 'rights_left_out', statements: 'GRANT, REVOKE' })
    default:
      return refuseStatement(words)
  }
}

function judgeSet(body: readonly Token[], words: readonly string[], policy: Policy): Verdict {
  if (words[1] === 'ROLE' || (words[1] === 'SESSION' && words[2] === 'AUTHORIZATION'))
    return skip({ code: 'role_left_out' })
  if (words[1] === 'TRANSACTION' || words[1] === 'CONSTRAINTS' || words[1] === 'SESSION')
    return refuse('transaction control')
  const name = body[1]?.text.toLowerCase() ?? ''
  const assigns = body[2]?.text === '=' || words[2] === 'TO'
  if (!assigns) return refuse(`SET ${name} in an unusual form`)
  const value = body
    .slice(3)
    .map(token => token.text)
    .join('')
  const expected = expectedValue(name, policy.allowFunctions)
  if (!expected) return skip({ code: 'setting_left_out', setting: name, reason: 'unwritten' })
  if (!expected.test(value)) {
    if (name === 'default_tablespace' || name === 'default_table_access_method')
      return skip({ code: 'setting_left_out', setting: name, reason: 'tables_as_new' })
    return refuse(`SET ${name} to a value that pg_dump does not write`)
  }
  return policy.knownSettings.has(name)
    ? PASS
    : skip({ code: 'setting_left_out', setting: name, reason: 'unknown' })
}

/** Between BEGIN and COMMIT: made, opened (131072 is “for writing”), written as the descriptor 0, and closed. */
const LARGE_OBJECT =
  /^SELECT PG_CATALOG \. (?:LO_CREATE \( string \)|LO_OPEN \( string , number \)|LOWRITE \( number , string \)|LO_CLOSE \( number \))$/

/** Only `pg_catalog.set_config('search_path', …)` and `pg_catalog.setval('…', n, …)`, with plain values. */
function judgeSelect(body: readonly Token[], policy: Policy): Verdict {
  const shape = body
    .map(token => (token.kind === 'word' || token.kind === 'symbol' ? token.text : token.kind))
    .join(' ')
  if (
    shape === 'SELECT PG_CATALOG . SET_CONFIG ( string , string , FALSE )' &&
    body[5]?.text === 'search_path' &&
    expectedValue('search_path', policy.allowFunctions)?.test(body[7]?.text ?? '')
  )
    return PASS
  const setval = /^SELECT PG_CATALOG \. SETVAL \( string , (- )?number , (?:TRUE|FALSE) \)$/.exec(shape)
  const sequence = body[5]?.text
  if (setval && sequence !== undefined) {
    const value = setval[1] ? `-${body[8]?.text}` : `${body[7]?.text}`
    return { verdict: 'sequence', sequence: asText(unquoted(sequence)), value }
  }
  if (LARGE_OBJECT.test(shape)) return policy.allowFunctions ? PASS : needsWord('large objects')
  return refuse('a SELECT that pg_dump does not write')
}

/** Only `COPY schema.table (columns) FROM stdin;`, as pg_dump writes it, and no table of PostgreSQL's own. */
function judgeCopy(body: readonly Token[], policy: Policy): Verdict {
  const shape = body.map(token => (token.kind === 'symbol' ? token.text : 'n')).join('')
  if (!/^nn(?:\.n)?(?:\((?:n(?:,n)*)?\))?nn$/.test(shape)) return refuse('a COPY that pg_dump does not write')
  if (body.at(-2)?.text !== 'FROM' || body.at(-1)?.text !== 'STDIN' || body.at(-1)?.kind !== 'word')
    return refuse('a COPY that does not read its own rows')
  const [, first = NO_TOKEN, dot, second = NO_TOKEN] = body
  const [schema, table] = dot?.text === '.' ? [nameOf(first), nameOf(second)] : ['public', nameOf(first)]
  // A superuser's COPY writes even the catalogs: roles, and functions that are programs of the server.
  if (/^(?:pg_|information_schema$)/.test(schema) || (dot?.text !== '.' && table.startsWith('pg_')))
    return refuse('rows for a table of PostgreSQL itself')
  if (schema !== 'public' && !policy.allowFunctions) return needsWord(`rows for the schema ${asText(schema)}`)
  return { verdict: 'copy', table: asText(`${schema}.${table}`) }
}

function judgeCreate(body: readonly Token[], words: readonly string[], policy: Policy): Verdict {
  let at = 1
  if (words[at] === 'OR' && words[at + 1] === 'REPLACE') at += 2
  if (words[at] === 'UNIQUE' || words[at] === 'UNLOGGED' || words[at] === 'RECURSIVE') at++
  if (words[at] === 'CONSTRAINT' && words[at + 1] === 'TRIGGER') at++
  const what = words[at] ?? ''
  if (what === 'SCHEMA' && body[at + 1]?.text.toLowerCase() === 'public' && body.length === at + 2)
    return skip({ code: 'schema_left_out' })
  if (ON_THE_WORD.has(what)) return policy.allowFunctions ? PASS : needsWord(`CREATE ${what}`)
  switch (what) {
    case 'EXTENSION':
      return judgeExtension(body, policy)
    case 'TYPE':
      return judgeType(body, policy)
    case 'SEQUENCE':
    case 'INDEX':
    case 'VIEW':
      return harmless(body, policy)
    case 'TABLE':
      return outermost(body).includes('AS') ? refuse('CREATE TABLE … AS') : harmless(body, policy)
    case 'MATERIALIZED':
      return words[at + 1] === 'VIEW' ? harmless(body, policy) : refuseStatement(words)
    default:
      return refuseStatement(words)
  }
}

/** `CREATE EXTENSION IF NOT EXISTS name WITH SCHEMA name`: an extension may be a program of the server. */
function judgeExtension(body: readonly Token[], policy: Policy): Verdict {
  const shape = body.map(token => (token.kind === 'word' ? token.text : token.kind))
  const at = shape.slice(2, 5).join(' ') === 'IF NOT EXISTS' ? 5 : 2
  const name = nameOf(body[at] ?? NO_TOKEN)
  const rest = shape.slice(at + 1)
  const isAsWritten = rest.length === 0 || (rest.length === 3 && rest[0] === 'WITH' && rest[1] === 'SCHEMA')
  if (name === '' || !isAsWritten) return refuse('a CREATE EXTENSION that pg_dump does not write')
  if (isKnownExtension(name) || policy.allowFunctions) return PASS
  return needsWord(`PostgreSQL’s extension ${asText(name)}, which no Odoo database is known to need`)
}

/** Enumerations, composite types and ranges are data; a base type is made of functions. */
function judgeType(body: readonly Token[], policy: Policy): Verdict {
  const top = outermost(body)
  const at = top.indexOf('AS')
  const isComposite = at >= 0 && body[at + 1]?.text === '('
  if (isComposite || (at >= 0 && (top[at + 1] === 'ENUM' || top[at + 1] === 'RANGE')))
    return harmless(body, policy)
  return policy.allowFunctions ? PASS : needsWord('a base type (CREATE TYPE)')
}

const ALTERABLE = new Set(['TABLE', 'SEQUENCE', 'INDEX', 'VIEW', 'TYPE', 'MATERIALIZED'])

function judgeAlter(body: readonly Token[], words: readonly string[], policy: Policy): Verdict {
  const what = words[1] ?? ''
  const top = outermost(body)
  if (top.at(-3) === 'OWNER' && top.at(-2) === 'TO') return skip({ code: 'owners_left_out' })
  if (what === 'DEFAULT' && words[2] === 'PRIVILEGES')
    return skip({ code: 'rights_left_out', statements: 'ALTER DEFAULT PRIVILEGES' })
  if (ON_THE_WORD.has(what)) return policy.allowFunctions ? PASS : needsWord(`ALTER ${what}`)
  if (!ALTERABLE.has(what)) return refuseStatement(words)
  if (top.includes('DROP')) return refuse('ALTER … DROP')
  if (!policy.allowFunctions && (top.includes('TRIGGER') || top.includes('RULE')))
    return needsWord('a trigger or a rule')
  return harmless(body, policy)
}

const COMMENTED = new Set([
  'TABLE',
  'COLUMN',
  'SEQUENCE',
  'INDEX',
  'VIEW',
  'MATERIALIZED',
  'TYPE',
  'CONSTRAINT',
])

/** Only `COMMENT ON … IS '…'`. What belongs to the superuser, such as extensions, would fail here: it is left out. */
function judgeComment(body: readonly Token[], words: readonly string[]): Verdict {
  const what = words[2] ?? ''
  if (words[1] !== 'ON') return refuseStatement(words)
  // Every dump has one for plpgsql: nothing to tell anybody of.
  if (what === 'EXTENSION') return skip()
  if (!COMMENTED.has(what)) return skip({ code: 'comments_left_out', on: what })
  const [is, text] = body.slice(-2)
  const isText = text?.kind === 'string' || (text?.kind === 'word' && text.text === 'NULL')
  const isNamed = body.slice(2, -2).every(({ kind, text: symbol }) => isName(kind) || symbol === '.')
  return is?.kind === 'word' && is.text === 'IS' && isText && isNamed
    ? PASS
    : refuse('a COMMENT that pg_dump does not write')
}

function isName(kind: Token['kind']): boolean {
  return kind === 'word' || kind === 'name'
}

function harmless(body: readonly Token[], policy: Policy): Verdict {
  const call = policy.allowFunctions ? undefined : dangerousCall(body)
  return call === undefined
    ? PASS
    : needsWord(`a call of ${asText(call)}(), which no table or view of Odoo needs`)
}

const NO_TOKEN: Token = { kind: 'symbol', text: '' }

function isSemicolon(token: Token): boolean {
  return token.kind === 'symbol' && token.text === ';'
}

/** The words outside of all parentheses; anything else as an empty text. */
function outermost(body: readonly Token[]): string[] {
  const words: string[] = []
  let depth = 0
  for (const token of body) {
    if (token.kind === 'symbol' && token.text === '(') depth++
    if (depth === 0) words.push(token.kind === 'word' ? token.text : '')
    if (token.kind === 'symbol' && token.text === ')') depth--
  }
  return words
}

function refuseStatement(words: readonly string[]): Verdict {
  const start = words
    .slice(0, 3)
    .filter(word => word !== '')
    .join(' ')
  return refuse(start === '' ? 'something that is no statement' : `the statement ${start} …`)
}

/** `public."Odd name"` as `public.Odd name`. */
function unquoted(qualified: string): string {
  return qualified.replace(/"((?:[^"]|"")*)"/g, (_whole, name: string) => name.replaceAll('""', '"'))
}

/** Tokens hold bytes; names are shown as the UTF-8 that they are. */
function asText(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
