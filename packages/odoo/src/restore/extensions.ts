import { types } from 'node:util'
import type { WarningText } from '@odoo-backup/protocol'
import type { OdooCluster } from '../cluster/cluster.ts'

/**
 * Creates the extensions that Odoo itself creates in a new database: pg_trgm from Odoo 16 on, unaccent where
 * odoo.conf asks for it. As for Odoo, a failure is only told: the dump may do without.
 * @param odooMajor absent when the backup does not say
 */
export async function createExtensions(
  cluster: OdooCluster,
  database: string,
  odooMajor: number | undefined,
): Promise<WarningText[]> {
  const wanted = [
    ...(odooMajor === undefined || odooMajor >= 16 ? ['pg_trgm'] : []),
    ...(cluster.settings.unaccent ? ['unaccent'] : []),
  ]
  const warnings: WarningText[] = []
  await cluster.withClient(database, async client => {
    for (const name of wanted)
      await client.query(`CREATE EXTENSION IF NOT EXISTS ${name}`).catch(error => {
        const words = types.isNativeError(error) ? error.message : ''
        warnings.push({ code: 'extension_lacking', extension: name, words })
      })
    if (cluster.settings.unaccent)
      // Odoo's indexes on unaccented text need this; where the role may not, they cannot exist either.
      await client.query('ALTER FUNCTION unaccent(text) IMMUTABLE').catch(() => {})
  })
  return warnings
}
