import type { ClientBase } from 'pg'
import { OdooError } from '../errors.ts'
import type { OdooCluster } from './cluster.ts'
import { lacksCreationRight } from './creation-right.ts'
import { endSessions } from './end-sessions.ts'
import { quoteIdentifier } from './quoting.ts'

/** duplicate_database, and unique_violation where two requests meet at the very same moment. */
const MADE_MEANWHILE: ReadonlySet<string> = new Set(['42P04', '23505'])

async function isThereHidden(client: Pick<ClientBase, 'query'>, name: string): Promise<boolean> {
  const { rows } = await client.query<{ datistemplate: boolean }>(
    'SELECT datistemplate FROM pg_database WHERE datname = $1',
    [name],
  )
  if (rows[0]?.datistemplate === false)
    throw new OdooError(
      'database_exists',
      `The database ${JSON.stringify(name)} exists and Odoo sees it. Rename it, or choose another name.`,
    )
  return rows.length > 0
}

/**
 * Makes a database that Odoo never lists: `IS_TEMPLATE true` keeps it out of the query by which Odoo finds
 * databases, and so out of its log-in page and away from its crons. Odoo's plain role may do this. A database
 * of that name that is there already is left as it is, if it is hidden.
 * @throws OdooError `database_exists` when a database of that name is visible, `role_lacks_right` with the
 * command for the superuser
 */
export async function createHiddenDatabase(
  cluster: OdooCluster,
  name: string,
  template = 'template0',
): Promise<'created' | 'existed'> {
  return cluster.withMaintenance(async client => {
    if (await isThereHidden(client, name)) return 'existed'
    const collation = template === 'template0' ? "LC_COLLATE 'C'" : ''
    const made = await client
      .query(
        `CREATE DATABASE ${quoteIdentifier(name)} ENCODING 'unicode' ${collation}
         TEMPLATE ${quoteIdentifier(template)} IS_TEMPLATE true`,
      )
      .then(() => true)
      .catch(error => {
        if (MADE_MEANWHILE.has(error.code)) return false
        if (error.code !== '42501') throw error
        throw lacksCreationRight(client.user ?? 'odoo', error)
      })
    if (made) return 'created'
    await isThereHidden(client, name)
    return 'existed'
  })
}

/**
 * By default every role of the server may connect to a new database. What is being loaded, before it is neutralised
 * and complete, is its owner's alone; `admitOthers` makes the rights those of any new database again.
 */
export async function shutOutOthers(cluster: OdooCluster, name: string): Promise<void> {
  await cluster.withMaintenance(client =>
    client.query(`REVOKE CONNECT ON DATABASE ${quoteIdentifier(name)} FROM PUBLIC`),
  )
}

export async function admitOthers(client: Pick<ClientBase, 'query'>, name: string): Promise<void> {
  await client.query(`GRANT CONNECT ON DATABASE ${quoteIdentifier(name)} TO PUBLIC`)
}

/**
 * Removes such a database, ending the sessions in it. Nothing happens if it is not there, or is one that Odoo
 * lists. May be called again after it failed or was cut off at any point.
 */
export async function dropHiddenDatabase(cluster: OdooCluster, name: string): Promise<void> {
  await cluster.withMaintenance(async client => {
    // No template, but closed: an earlier removal stopped half-way.
    const { rowCount } = await client.query(
      'SELECT FROM pg_database WHERE datname = $1 AND (datistemplate OR NOT datallowconn)',
      [name],
    )
    if (rowCount === 0) return
    const database = quoteIdentifier(name)
    // While it is a template nobody can drop it; once it is none it must not be seen.
    await client.query(`ALTER DATABASE ${database} ALLOW_CONNECTIONS false`)
    await endSessions(client, name)
    await client.query(`ALTER DATABASE ${database} IS_TEMPLATE false`)
    try {
      await client.query(`DROP DATABASE ${database}`)
    } catch (error) {
      // Somebody whose session we may not end: the next removal finds it as it was.
      await client.query(`ALTER DATABASE ${database} IS_TEMPLATE true`).catch(() => {})
      throw error
    }
  })
}
