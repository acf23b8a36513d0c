import type { Client } from 'pg'
import type { OdooSettings } from '../settings/settings.ts'
import { odooVersion } from '../snapshot/odoo-version.ts'

/** What listing needs of a cluster. */
export interface Connections {
  readonly settings: OdooSettings
  withClient<T>(database: string, work: (client: Client) => Promise<T>): Promise<T>
  withMaintenance<T>(work: (client: Client) => Promise<T>): Promise<T>
}

export interface OdooDatabase {
  readonly name: string
  readonly sizeBytes: number
  /** Such as `16.0`; absent when the database has no Odoo in it, or cannot be read. */
  readonly odooVersion?: string
}

/**
 * The query by which Odoo itself lists databases (`list_dbs`); $1 is `db_template`. What this package makes
 * for itself must never be in its answer.
 */
export const ODOO_LIST_QUERY = `
  SELECT datname FROM pg_database
  WHERE datdba = (SELECT usesysid FROM pg_user WHERE usename = current_user)
    AND NOT datistemplate AND datallowconn AND datname NOT IN ('postgres', $1)
  ORDER BY datname`

/** How many databases are asked for their version at a time. */
const AT_A_TIME = 4

export async function listOdooDatabases(cluster: Connections): Promise<readonly OdooDatabase[]> {
  const { dbNames, dbFilter, dbTemplate } = cluster.settings
  const restricted = dbFilter === undefined ? dbNames : undefined
  const found = await cluster.withMaintenance(async client => {
    const { rows } = restricted
      ? await client.query<{ datname: string }>(
          'SELECT datname FROM pg_database WHERE datname = ANY($1) AND datallowconn ORDER BY datname',
          [restricted],
        )
      : await client.query<{ datname: string }>(ODOO_LIST_QUERY, [dbTemplate ?? 'template0'])
    const sizes = new Map<string, number>()
    for (const { datname } of rows) {
      // Asked one by one: a database that is dropped meanwhile must not spoil the list.
      const { rows: size } = await client
        .query<{ bytes: string }>('SELECT pg_database_size($1::name) AS bytes', [datname])
        .catch(() => ({ rows: [] }))
      if (size[0]) sizes.set(datname, Number(size[0].bytes))
    }
    return sizes
  })
  const databases: OdooDatabase[] = []
  const waiting = [...found]
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [name, sizeBytes] = next
      const odooVersion = await odooVersionOf(cluster, name)
      databases.push({ name, sizeBytes, ...(odooVersion ? { odooVersion } : {}) })
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, worker))
  return databases.sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** The list of all databases must not wait for one that is being upgraded. */
const LOCK_PATIENCE = '2s'

/** `16.0.1.3` of module base means Odoo 16.0; undefined for anything that is no Odoo, or cannot be read now. */
async function odooVersionOf(cluster: Connections, database: string): Promise<string | undefined> {
  try {
    return await cluster.withClient(database, async client => {
      await client.query(`SET lock_timeout = '${LOCK_PATIENCE}'`)
      const { rows } = await client.query<{ latest_version: string | null }>(
        "SELECT latest_version FROM ir_module_module WHERE name = 'base'",
      )
      return odooVersion(rows[0]?.latest_version)?.version
    })
  } catch {
    return undefined
  }
}
