import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Client } from 'pg'
import { quoteIdentifier } from '../cluster/quoting.ts'

/** All that two databases must share to be the same: rows in any order, sequences, indexes, constraints, views. */
export async function databaseFingerprint(client: Client): Promise<Record<string, string>> {
  const facts: Record<string, string> = {}
  const { rows: tables } = await client.query<{ name: string; kind: string }>(
    `SELECT relname AS name, relkind AS kind FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'm', 'S') ORDER BY 1`,
  )
  for (const { name, kind } of tables) {
    const table = `public.${quoteIdentifier(name)}`
    const sql =
      kind === 'S'
        ? `SELECT last_value || ' ' || is_called AS fact FROM ${table}`
        : `SELECT count(*) || ' ' || coalesce(md5(string_agg(h, '' ORDER BY h)), '') AS fact
           FROM (SELECT md5(t::text) AS h FROM ${table} t) hashes`
    facts[name] = (await client.query<{ fact: string }>(sql)).rows[0]?.fact ?? ''
  }
  const { rows } = await client.query<{ what: string; count: string }>(
    `SELECT 'indexes' AS what, count(*) FROM pg_indexes WHERE schemaname = 'public'
     UNION ALL SELECT 'constraints', count(*) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
     UNION ALL SELECT 'views', count(*) FROM pg_views WHERE schemaname = 'public'
     UNION ALL SELECT 'comments', count(*) FROM pg_description WHERE classoid = 'pg_class'::regclass AND objoid >= 16384`,
  )
  for (const { what, count } of rows) facts[`number of ${what}`] = count
  return facts
}

/** Every file below a folder with the SHA-1 of its content. */
export async function filesFingerprint(folder: string): Promise<Record<string, string>> {
  const facts: Record<string, string> = {}
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  for (const entry of entries) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    facts[path.slice(folder.length + 1)] = createHash('sha1')
      .update(await readFile(path))
      .digest('hex')
  }
  return facts
}
