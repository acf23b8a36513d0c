/** What neutralising a database did. */
export interface NeutraliseReport {
  /** Modules whose own `data/neutralize.sql` was run. */
  readonly modules: readonly string[]
  /** What our own statements did, each with the number of rows that it changed. */
  readonly statements: readonly { readonly what: string; readonly rows: number }[]
  /** Installed modules that nothing was run for. */
  readonly notCovered: readonly string[]
}
