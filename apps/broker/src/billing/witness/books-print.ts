import type { Pool } from 'pg'

/** Which books these are, and how far they have come. */
export interface BooksPrint {
  readonly fingerprint: string
  readonly highest: bigint
}

/**
 * What changes when a database is restored: the cluster, the timeline that a point-in-time recovery or a promoted
 * replica begins (by the segment that is written now: the control file tells that of the last checkpoint), the
 * database, or in a restore over it the table. Rows may be missing then which the payment service knows of. The sum of the
 * last numbers of rows of money and of the audit log, which are never deleted, is told beside it: it only grows. The
 * sequences of these numbers say less: a server that comes back from a snapshot sets them ahead of the rows.
 */
const FINGERPRINT = `SELECT (SELECT system_identifier FROM pg_control_system()) || ':' ||
  left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) || ':' ||
  (SELECT oid FROM pg_database WHERE datname = current_database()) || ':' ||
  'ledger_entry'::regclass::oid AS fingerprint, (SELECT COALESCE(MAX(id), 0) FROM ledger_entry) +
  (SELECT COALESCE(MAX(id), 0) FROM credit_entry) + (SELECT COALESCE(MAX(id), 0) FROM audit_event) AS highest`

export async function readPrint(pool: Pool): Promise<BooksPrint> {
  const { rows } = await pool.query<{ fingerprint: string; highest: string }>(FINGERPRINT)
  return { fingerprint: rows[0]?.fingerprint ?? '', highest: BigInt(rows[0]?.highest ?? 0) }
}
