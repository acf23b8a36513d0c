import type { Pool } from 'pg'

/** Whether billing runs at all. */
export interface BillingControl {
  /** Why billing rests; undefined: it runs. Read anew at most every second. */
  pausedReason(): Promise<string | undefined>
  pause(reason: string, actor: string): Promise<void>
  /** Runs billing again; the database as it is now is taken to be the true one. */
  resume(actor: string): Promise<void>
}

/**
 * What changes when a database is restored: its number, the cluster, or the timeline that a point-in-time recovery
 * or a promoted replica begins. Rows may be missing then which the payment service knows of.
 */
const FINGERPRINT = `SELECT (SELECT system_identifier FROM pg_control_system()) || ':' ||
  (SELECT timeline_id FROM pg_control_checkpoint()) || ':' ||
  (SELECT oid FROM pg_database WHERE datname = current_database()) AS fingerprint`

const RESTORED =
  'This database is not the one that billing last ran on: it was restored, or a replica took over. Compare the books with the payment service (billing reconcile), apply revocations made since, then resume.'

export function createBillingControl({
  pool,
  now,
}: {
  readonly pool: Pool
  readonly now: () => Date
}): BillingControl {
  let known: { readonly reason: string | undefined; readonly readAt: number } | undefined

  async function fingerprint(): Promise<string> {
    const { rows } = await pool.query<{ fingerprint: string }>(FINGERPRINT)
    return rows[0]?.fingerprint ?? ''
  }

  async function write(reason: string | null, print: string, actor: string): Promise<void> {
    known = undefined
    await pool.query(
      `INSERT INTO billing_control (id, paused_reason, database_fingerprint, changed_by, changed_at)
       VALUES (1, $1, $2, $3, $4) ON CONFLICT (id) DO UPDATE
       SET paused_reason = $1, database_fingerprint = $2, changed_by = $3, changed_at = $4`,
      [reason, print, actor, now()],
    )
  }

  async function read(): Promise<string | undefined> {
    const { rows } = await pool.query<{ paused_reason: string | null; database_fingerprint: string | null }>(
      'SELECT paused_reason, database_fingerprint FROM billing_control WHERE id = 1',
    )
    const current = await fingerprint()
    const [row] = rows
    if (row === undefined) {
      await write(null, current, 'system')
      return undefined
    }
    if (row.paused_reason !== null) return row.paused_reason
    if (row.database_fingerprint === current) return undefined
    await write(RESTORED, current, 'system')
    return RESTORED
  }

  return {
    async pausedReason() {
      const clock = performance.now()
      if (known === undefined || clock - known.readAt > 1000) known = { reason: await read(), readAt: clock }
      return known.reason
    },
    async pause(reason, actor) {
      await write(reason, await fingerprint(), actor)
    },
    async resume(actor) {
      await write(null, await fingerprint(), actor)
    },
  }
}
