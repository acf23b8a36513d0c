import type { OdooManifest } from '@odoo-backup/protocol'
import type { ClientBase } from 'pg'
import { OdooError } from '../errors.ts'
import { odooVersion } from './odoo-version.ts'

/** PostgreSQL's version as Odoo writes it: 150018 is `15.0`, 90624 is `9.6`. */
export function manifestPostgresVersion(serverVersion: number): string {
  const short = Math.floor(serverVersion / 100)
  return `${Math.floor(short / 100)}.${short % 100}`
}

/**
 * Reads what `manifest.json` says, inside the transaction of the snapshot.
 * @throws OdooError `not_an_odoo_database`
 */
export async function readManifest(
  client: ClientBase,
  database: string,
  serverVersion: number,
): Promise<OdooManifest> {
  const { rows: tables } = await client.query<{ odoo: boolean }>(
    "SELECT to_regclass('public.ir_module_module') IS NOT NULL AND to_regclass('public.ir_attachment') IS NOT NULL AS odoo",
  )
  const { rows: modules } = tables[0]?.odoo
    ? await client.query<{ name: string; latest_version: string | null }>(
        "SELECT name, latest_version FROM public.ir_module_module WHERE state = 'installed' ORDER BY name",
      )
    : { rows: [] }
  const found = odooVersion(modules.find(module => module.name === 'base')?.latest_version)
  if (!found)
    throw new OdooError(
      'not_an_odoo_database',
      `The database ${JSON.stringify(database)} holds no installed Odoo (its module base was not found).`,
    )
  return {
    odoo_dump: '1',
    db_name: database,
    version: found.version,
    version_info: found.versionInfo,
    major_version: found.version,
    pg_version: manifestPostgresVersion(serverVersion),
    modules: Object.fromEntries(modules.map(({ name, latest_version }) => [name, latest_version ?? ''])),
  }
}
