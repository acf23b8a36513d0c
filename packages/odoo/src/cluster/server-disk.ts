import { statfs } from 'node:fs/promises'
import type { OdooCluster } from './cluster.ts'

/** The disk on which PostgreSQL makes databases. */
export interface ServerDisk {
  /** PostgreSQL's data directory. */
  readonly folder: string
  readonly freeBytes: number
}

/**
 * Undefined where it cannot be known: Odoo's role may not see the directory's name (`pg_read_all_settings` may), the
 * server is on another machine or in a container of its own, or the folder cannot be looked at.
 * @throws OdooError `postgres_unreachable`, `postgres_refused`
 */
export async function serverDisk(cluster: OdooCluster): Promise<ServerDisk | undefined> {
  const folder = await cluster.withMaintenance(async client => {
    // Both ends of a connection have one address on one machine alone; over a socket neither has any.
    const { rows } = await client.query<{ folder: string }>(
      `SELECT setting AS folder FROM pg_settings
       WHERE name = 'data_directory' AND inet_server_addr() IS NOT DISTINCT FROM inet_client_addr()`,
    )
    return rows[0]?.folder
  })
  if (folder === undefined) return undefined
  const room = await statfs(folder).catch(() => undefined)
  return room && { folder, freeBytes: room.bavail * room.bsize }
}
