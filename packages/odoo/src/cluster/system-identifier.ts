import { OdooError } from '../errors.ts'
import type { OdooCluster } from './cluster.ts'

/**
 * What PostgreSQL calls a cluster since `initdb`: one that was made anew has another one, a copy of its files the same.
 * Undefined where the server does not let Odoo's role know it, as some hosted ones.
 * @throws OdooError `postgres_unreachable`, `postgres_refused`
 */
export async function systemIdentifier(cluster: OdooCluster): Promise<string | undefined> {
  try {
    return await cluster.withMaintenance(async client => {
      const { rows } = await client.query<{ id: string }>(
        'SELECT system_identifier::text AS id FROM pg_control_system()',
      )
      return rows[0]?.id
    })
  } catch (error) {
    if (error instanceof OdooError && error.code === 'role_lacks_right') return undefined
    throw error
  }
}
