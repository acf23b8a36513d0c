import type { AgentInstance } from '../fixtures/agent-instance.ts'
import { until } from './waiting.ts'

/**
 * Keeps pg_dump waiting for a table of the database while `disaster` happens: the snapshot is taken, no file has
 * been read. Resolves when the table is free again.
 */
export async function whileDumpWaits(
  { odoo }: AgentInstance,
  database: string,
  startBackup: () => Promise<unknown>,
  disaster: () => Promise<void>,
): Promise<void> {
  const client = await odoo.superuser(database)
  // The disaster may be that this server goes away.
  client.on('error', () => undefined)
  try {
    await client.query('BEGIN; LOCK TABLE ir_mail_server IN ACCESS EXCLUSIVE MODE')
    await startBackup()
    await until(async () => {
      // Not pg_stat_activity: it shows the same all through a transaction.
      const { rowCount } = await client.query(
        "SELECT FROM pg_locks WHERE relation = 'ir_mail_server'::regclass AND NOT granted",
      )
      return rowCount === 0 ? undefined : true
    })
    await disaster()
  } finally {
    await client.end().catch(() => undefined)
  }
}
