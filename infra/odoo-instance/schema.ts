import type { Columns, Model } from './model.ts'
import { MODELS, RELATIONS, VIEWS } from './tables.ts'

/** The columns that Odoo adds to every model. */
const LOG_COLUMNS: Columns = {
  create_uid: '-> res_users',
  create_date: 'timestamp',
  write_uid: '-> res_users',
  write_date: 'timestamp',
}

const KINDS: Readonly<Record<string, string>> = {
  char: 'character varying',
  timestamp: 'timestamp without time zone',
}

/** What makes the empty tables of an Odoo database, in order; foreign keys come last, as they may go in circles. */
export function schemaStatements(): string[] {
  const models = Object.entries(MODELS)
  return [
    'CREATE EXTENSION IF NOT EXISTS pg_trgm',
    ...models.flatMap(([table, model]) => tableStatements(table, model)),
    ...Object.entries(RELATIONS).flatMap(([table, columns]) => relationStatements(table, columns)),
    ...models.flatMap(([table, model]) => constraintStatements(table, model)),
    ...models.flatMap(([table, model]) => indexStatements(table, model)),
    // A sequence of its own for each `ir_sequence` of the kind "standard".
    ...[1, 2, 3].map(number => `CREATE SEQUENCE ir_sequence_00${number} INCREMENT BY 1 START WITH 1`),
    ...Object.entries(VIEWS).map(([name, query]) => `CREATE VIEW ${name} AS ${query}`),
  ]
}

/** All columns of a model with the table each refers to, if it does. */
export function columnsOf(
  model: Model,
): { name: string; kind: string; required: boolean; target?: string }[] {
  return Object.entries({ ...model.columns, ...LOG_COLUMNS }).map(([name, written]) => {
    const target = /^-> (\w+)/.exec(written)?.[1]
    const required = written.endsWith('!')
    const kind = written.replace(/\s*!$/, '')
    return target === undefined ? { name, kind, required } : { name, kind: 'integer', required, target }
  })
}

function tableStatements(table: string, model: Model): string[] {
  const columns = columnsOf(model)
    .filter(column => !(model.inherits !== undefined && column.name in LOG_COLUMNS))
    .map(({ name, kind, required }) => `"${name}" ${sqlType(kind)}${required ? ' NOT NULL' : ''}`)
  if (model.inherits !== undefined)
    return [
      `CREATE TABLE ${table} (${columns.join(', ')}) INHERITS (${model.inherits})`,
      `ALTER TABLE ${table} ADD PRIMARY KEY (id)`,
    ]
  return [
    `CREATE TABLE ${table} (id SERIAL NOT NULL, ${columns.join(', ')}, PRIMARY KEY (id))`,
    `COMMENT ON TABLE ${table} IS '${model.label}'`,
    ...columnsOf(model).map(({ name }) => `COMMENT ON COLUMN ${table}."${name}" IS '${label(name)}'`),
  ]
}

function relationStatements(table: string, columns: readonly [string, string]): string[] {
  const [left, right] = columns.map(column => {
    const [name = '', target = ''] = column.split(' -> ')
    return { name, definition: `${name} integer NOT NULL REFERENCES ${target} (id) ON DELETE CASCADE` }
  })
  if (left === undefined || right === undefined) return []
  return [
    `CREATE TABLE ${table} (${left.definition}, ${right.definition}, PRIMARY KEY (${left.name}, ${right.name}))`,
    `CREATE INDEX ${table}_${right.name}_${left.name}_idx ON ${table} (${right.name}, ${left.name})`,
  ]
}

function constraintStatements(table: string, model: Model): string[] {
  const add = (name: string, what: string) => `ALTER TABLE ${table} ADD CONSTRAINT "${table}_${name}" ${what}`
  return [
    ...(model.unique ?? []).map(columns =>
      add(`${columns.join('_')}_uniq`, `UNIQUE (${columns.join(', ')})`),
    ),
    ...Object.entries(model.checks ?? {}).map(([name, rule]) => add(name, `CHECK (${rule})`)),
    ...columnsOf(model).flatMap(({ name, target, required }) =>
      target === undefined
        ? []
        : [
            add(
              `${name}_fkey`,
              `FOREIGN KEY ("${name}") REFERENCES ${target} (id) ON DELETE ${required ? 'RESTRICT' : 'SET NULL'}`,
            ),
          ],
    ),
  ]
}

function indexStatements(table: string, model: Model): string[] {
  return [
    ...(model.indexes ?? []).map(column => `CREATE INDEX ${table}_${column}_index ON ${table} ("${column}")`),
    ...(model.trigram ?? []).map(
      column => `CREATE INDEX ${table}_${column}_trigram ON ${table} USING gin ("${column}" gin_trgm_ops)`,
    ),
  ]
}

function sqlType(kind: string): string {
  const [name = '', size = ''] = kind.split(/(?=\()/)
  return `${KINDS[name] ?? name}${size}`
}

/** `commercial_partner_id` → `Commercial partner`, as Odoo names a field that has no name of its own. */
export function label(column: string): string {
  const words = column.replace(/_u?id$/, '').replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
