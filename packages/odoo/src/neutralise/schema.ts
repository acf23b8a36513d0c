import type { ClientBase } from 'pg'

/** The tables of a database and their columns, for statements that must fit many versions of Odoo. */
export class Schema {
  readonly #columns: ReadonlyMap<string, ReadonlyMap<string, Column>>

  constructor(columns: ReadonlyMap<string, ReadonlyMap<string, Column>>) {
    this.#columns = columns
  }

  has(table: string, ...columns: readonly string[]): boolean {
    const found = this.#columns.get(table)
    return found !== undefined && columns.every(column => found.has(column))
  }

  columns(table: string): readonly Column[] {
    return [...(this.#columns.get(table)?.values() ?? [])]
  }
}

export interface Column {
  readonly name: string
  /** As PostgreSQL names types: `text`, `varchar`, `bool`, `jsonb`. */
  readonly type: string
  readonly nullable: boolean
}

/** Reads the plain tables of schema public. A view is none: an update of it could run anything. */
export async function readSchema(client: ClientBase): Promise<Schema> {
  const { rows } = await client.query<{ table: string; name: string; type: string; nullable: boolean }>(
    `SELECT c.relname AS "table", a.attname AS name, t.typname AS type, NOT a.attnotnull AS nullable
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
       AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''`,
  )
  const tables = new Map<string, Map<string, Column>>()
  for (const { table, ...column } of rows) {
    const columns = tables.get(table) ?? new Map<string, Column>()
    columns.set(column.name, column)
    tables.set(table, columns)
  }
  return new Schema(tables)
}
