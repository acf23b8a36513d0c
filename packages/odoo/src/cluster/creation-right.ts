import { OdooError } from '../errors.ts'
import type { OdooCluster } from './cluster.ts'
import { quoteIdentifier } from './quoting.ts'

/**
 * Makes sure that Odoo's role may make databases, as every restore and every drill does.
 * @throws OdooError `role_lacks_right` with the command for the superuser
 */
export async function requireCreationRight(cluster: OdooCluster): Promise<void> {
  await cluster.withMaintenance(async client => {
    const { rows } = await client.query<{ role: string; may: boolean }>(
      'SELECT rolname AS role, rolcreatedb OR rolsuper AS may FROM pg_roles WHERE rolname = current_user',
    )
    if (rows[0]?.may === false) throw lacksCreationRight(rows[0].role)
  })
}

export function lacksCreationRight(role: string, cause?: unknown): OdooError {
  return new OdooError(
    'role_lacks_right',
    `Odoo's PostgreSQL role may not create databases. As the superuser run: ` +
      `ALTER ROLE ${quoteIdentifier(role)} CREATEDB;`,
    { cause },
  )
}
