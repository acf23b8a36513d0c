import { types } from 'node:util'
import type { NeutraliseReport } from '@odoo-backup/protocol'
import type { ClientBase } from 'pg'
import { fromPostgres } from '../cluster/postgres-error.ts'
import { OdooError } from '../errors.ts'
import { odooVersion } from '../snapshot/odoo-version.ts'
import { foldersOfSeries, neutraliseScript } from './addons.ts'
import { readSchema } from './schema.ts'
import { STATEMENTS } from './statements.ts'
import { withoutTriggers } from './without-triggers.ts'

/**
 * Makes a copy of a live database harmless: no mail leaves it, no cron runs, no payment is taken, no outside
 * service is called. Runs the `data/neutralize.sql` of every installed module whose code, of the database's own
 * series, is in the addons paths, as Odoo 16 and later do, then statements of our own, which need no code and fit Odoo 12 to 18. One
 * transaction, in which no trigger and no rule of the database fires; running it again changes nothing more.
 * @param options `addonsPaths` as of `addonsFolders`
 * @throws OdooError `load_failed` when a statement fails: a half neutralised database must not become public
 */
export async function neutralise(
  client: ClientBase,
  options: { readonly addonsPaths?: readonly string[] } = {},
): Promise<NeutraliseReport> {
  return withoutTriggers(client, () => run(client, options.addonsPaths ?? []))
}

/** What PostgreSQL says of itself may pass; what it says of the database will be so again. */
function failed(what: string, cause: unknown): unknown {
  const known = fromPostgres(cause, what)
  if (known instanceof OdooError) return known
  const words = types.isNativeError(cause) ? cause.message : String(cause)
  return new OdooError(
    'load_failed',
    `${what} failed, and what is not neutralised whole does not become public. PostgreSQL says: ${words}`,
    { cause },
  )
}

async function run(client: ClientBase, addonsPaths: readonly string[]): Promise<NeutraliseReport> {
  const { rows } = await client.query<{ name: string; latest_version: string | null }>(
    `SELECT name, latest_version FROM public.ir_module_module WHERE state IN ('installed', 'to upgrade', 'to remove')
     ORDER BY name <> 'base', name`,
  )
  const series = odooVersion(rows[0]?.name === 'base' ? rows[0].latest_version : undefined)?.version
  const folders = series === undefined ? addonsPaths : await foldersOfSeries(addonsPaths, series)
  const modules: string[] = []
  const unknown = new Set<string>()
  for (const { name } of rows) {
    const { found, sql } = await neutraliseScript(name, folders)
    if (!found) unknown.add(name)
    if (sql === undefined) continue
    await client.query(sql).catch(cause => {
      throw failed(`The neutralize.sql of the module ${name}`, cause)
    })
    modules.push(name)
  }
  const schema = await readSchema(client)
  const statements: NeutraliseReport['statements'][number][] = []
  for (const statement of STATEMENTS) {
    let changed = 0
    const queries = statement.queries(schema)
    for (const sql of queries) {
      const { rowCount } = await client.query(sql).catch(cause => {
        throw failed(`Neutralising ("${statement.what}")`, cause)
      })
      changed += rowCount ?? 0
    }
    if (queries.length === 0) continue
    statements.push({ step: statement.step, what: statement.what, rows: changed })
    for (const module of statement.covers) unknown.delete(module)
  }
  return { modules, statements, notCovered: [...unknown] }
}
