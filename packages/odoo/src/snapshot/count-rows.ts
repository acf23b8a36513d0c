import type { Client } from 'pg'
import { quoteIdentifier } from '../cluster/quoting.ts'

/**
 * The rows of every table (`public.res_users`), counted one table after another. Each table's own, as its COPY in the
 * dump holds them: Odoo's `ir_actions` has tables that inherit from it.
 */
export async function countRows(client: Client): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  for (const { schema, name } of await relations(client, ['r'])) {
    const { rows } = await client.query<{ count: string }>(
      `SELECT count(*) FROM ONLY ${quoteIdentifier(schema)}.${quoteIdentifier(name)}`,
    )
    counts.set(`${schema}.${name}`, Number(rows[0]?.count))
  }
  return counts
}

/** The last value of every sequence, as decimal text. */
export async function readSequences(client: Client): Promise<Map<string, string>> {
  const values = new Map<string, string>()
  for (const { schema, name } of await relations(client, ['S'])) {
    const { rows } = await client.query<{ last_value: string }>(
      `SELECT last_value FROM ${quoteIdentifier(schema)}.${quoteIdentifier(name)}`,
    )
    values.set(`${schema}.${name}`, rows[0]?.last_value ?? '')
  }
  return values
}

async function relations(client: Client, kinds: readonly string[]) {
  const { rows } = await client.query<{ schema: string; name: string }>(
    `SELECT n.nspname AS schema, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = ANY($1) AND c.relpersistence <> 't'
       AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
     ORDER BY 1, 2`,
    [kinds],
  )
  return rows
}
