import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { withClient } from './create.ts'

/** All by which two Odoo databases with their filestores are told apart. */
export interface Fingerprint {
  /** For each table the number of rows and a hash that does not depend on their order. */
  readonly tables: Readonly<Record<string, string>>
  readonly sequences: Readonly<Record<string, string>>
  readonly indexes: readonly string[]
  readonly constraints: readonly string[]
  readonly views: readonly string[]
  readonly extensions: readonly string[]
  /** SHA-1 of each file by its path in the filestore; what waits in `checklist/` is no part of it. */
  readonly files: Readonly<Record<string, string>>
  readonly rows: number
}

/** Rows are hashed as text: these settings decide how values are written. */
const WRITTEN_ALIKE =
  "SET timezone TO 'UTC'; SET datestyle TO ISO; SET intervalstyle TO postgres; SET bytea_output TO hex; SET extra_float_digits TO 1"

const OURS = "n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'"

/** Takes the fingerprint of a database and of its filestore (undefined: it has none). */
export async function fingerprint(
  connection: pg.ClientConfig,
  filestore: string | undefined,
): Promise<Fingerprint> {
  const files = filestore === undefined ? {} : await hashFiles(filestore)
  return withClient(connection, async client => {
    await client.query(WRITTEN_ALIKE)
    const names = async (query: string) =>
      (await client.query<{ name: string }>(query)).rows.map(row => row.name)
    const relations = (kinds: string) =>
      `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN (${kinds}) AND ${OURS} ORDER BY 1`
    const tables: Record<string, string> = {}
    let rows = 0
    for (const table of await names(relations("'r', 'p', 'm'"))) {
      const hash = await hashRows(client, table)
      tables[table] = `${hash.rows} rows, ${hash.digest}`
      rows += hash.rows
    }
    const sequences: Record<string, string> = {}
    for (const sequence of await names(relations("'S'"))) {
      const { rows: states } = await client.query(`SELECT last_value, is_called FROM ${sequence}`)
      sequences[sequence] = `${states[0].last_value} ${states[0].is_called ? 'used' : 'unused'}`
    }
    return {
      tables,
      sequences,
      rows,
      files,
      indexes: await names(relations("'i', 'I'")),
      views: await names(relations("'v', 'm'")),
      constraints: await names(
        `SELECT format('%s.%s (%s)', r.relname, c.conname, c.contype) AS name FROM pg_constraint c
           JOIN pg_namespace n ON n.oid = c.connamespace LEFT JOIN pg_class r ON r.oid = c.conrelid WHERE ${OURS} ORDER BY 1`,
      ),
      extensions: await names('SELECT extname AS name FROM pg_extension ORDER BY 1'),
    }
  })
}

/** In which ways two differ, as sentences; none if the second is a faithful copy of the first. */
export function differences(original: Fingerprint, copy: Fingerprint): string[] {
  const found: string[] = []
  for (const kind of ['tables', 'sequences', 'files'] as const)
    for (const name of new Set([...Object.keys(original[kind]), ...Object.keys(copy[kind])])) {
      const [first, second] = [original[kind][name], copy[kind][name]]
      if (first !== second) found.push(`${kind}: ${name}: ${first ?? 'absent'} became ${second ?? 'absent'}`)
    }
  for (const kind of ['indexes', 'constraints', 'views', 'extensions'] as const) {
    const missing = original[kind].filter(name => !copy[kind].includes(name))
    const added = copy[kind].filter(name => !original[kind].includes(name))
    if (missing.length > 0) found.push(`${kind}: missing ${missing.join(', ')}`)
    if (added.length > 0) found.push(`${kind}: added ${added.join(', ')}`)
    if (missing.length + added.length === 0 && original[kind].length !== copy[kind].length)
      found.push(`${kind}: ${original[kind].length} became ${copy[kind].length}`)
  }
  return found
}

/** The sum of the rows' MD5s, each half for itself: any order gives the same, any change another one. */
async function hashRows(client: pg.Client, table: string): Promise<{ rows: number; digest: string }> {
  const half = (from: number) => `sum(('x' || substr(hash, ${from}, 16))::bit(64)::bigint::numeric)`
  const { rows } = await client.query(
    `SELECT count(*)::int AS rows, md5(concat(${half(1)}, ' ', ${half(17)})) AS digest
       FROM (SELECT md5(t::text) AS hash FROM ONLY ${table} t) hashed`,
  )
  return rows[0]
}

async function hashFiles(filestore: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {}
  for (const entry of await readdir(filestore, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    const name = relative(filestore, path)
    if (!entry.isFile() || name.startsWith('checklist/')) continue
    const hash = createHash('sha1')
    await pipeline(createReadStream(path), hash)
    files[name] = hash.digest('hex')
  }
  return files
}
