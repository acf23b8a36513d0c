/**
 * The shape of an Odoo 16 database, as far as a backup can tell: table and column names of Odoo's own modules,
 * written as models, from which `schema.ts` makes what Odoo's ORM makes of such models.
 *
 * A column is a kind (`char`, `text`, `integer` …), `kind!` if it is never null, or `-> table` for a many2one
 * (`-> table !` if it is required).
 */
export type Columns = Readonly<Record<string, string>>
export interface Model {
  readonly label: string
  readonly columns: Columns
  /** Unique constraints, by their columns. */
  readonly unique?: readonly (readonly string[])[]
  /** CHECK constraints, by name. */
  readonly checks?: Readonly<Record<string, string>>
  /** Columns with an index; with `trigram` one for searching parts of words. */
  readonly indexes?: readonly string[]
  readonly trigram?: readonly string[]
  /** The table of which this one is a child (PostgreSQL's inheritance, as Odoo's actions have it). */
  readonly inherits?: string
}
