import type { NeutraliseStep } from '@odoo-backup/protocol'
import { quoteIdentifier } from '../cluster/quoting.ts'
import type { Column, Schema } from './schema.ts'

/** Something that a copy must not do, and the SQL that stops it where the tables are there. */
export interface NeutraliseStatement {
  readonly step: NeutraliseStep
  /** In English. */
  readonly what: string
  /** Modules that need nothing more than this. */
  readonly covers: readonly string[]
  /** None when the database has nothing of the kind. */
  queries(schema: Schema): readonly string[]
}

const isText = (column: Column) => /^(?:text|varchar|bpchar)$/.test(column.type)

/** Empties text columns: NULL, or nothing where NULL is not allowed. */
export function empty(table: string, columns: readonly Column[]): readonly string[] {
  return columns.map(({ name, nullable }) => {
    const column = quoteIdentifier(name)
    return `UPDATE public.${table} SET ${column} = ${nullable ? 'NULL' : "''"} WHERE ${column} <> ''`
  })
}

export function named(schema: Schema, table: string, pattern: RegExp): readonly Column[] {
  return schema.columns(table).filter(column => isText(column) && pattern.test(column.name))
}

/** `UPDATE table SET assignment WHERE condition` if the table has the columns. */
export function update(
  schema: Schema,
  table: string,
  columns: readonly string[],
  assignment: string,
  condition: string,
): readonly string[] {
  return schema.has(table, ...columns) ? [`UPDATE public.${table} SET ${assignment} WHERE ${condition}`] : []
}

/** `DELETE FROM table WHERE condition` if the table has the columns. */
export function remove(
  schema: Schema,
  table: string,
  columns: readonly string[],
  condition: string,
): readonly string[] {
  return schema.has(table, ...columns) ? [`DELETE FROM public.${table} WHERE ${condition}`] : []
}
