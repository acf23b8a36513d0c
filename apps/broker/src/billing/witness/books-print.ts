import type { Pool } from 'pg'

/** Which books these are, and how far each of their tables has come. */
export interface BooksPrint {
  readonly fingerprint: string
  /** What billing was resumed with after the last restore, which is part of the fingerprint. */
  readonly resumedAs: string | null
  /** The last number of each table whose rows are never deleted; the keys hold the fingerprint. */
  readonly heights: Heights
}
export type Heights = ReadonlyMap<string, bigint>

/**
 * What changes when a database is restored: the cluster, the timeline that a point-in-time recovery or a promoted
 * replica begins (by the segment that is written now: the control file tells that of the last checkpoint), the
 * database, or in a restore over it the table; and what billing was resumed with after a restore, so that a snapshot of
 * what was given up then is told from what goes on. Rows may be missing then which the payment service knows of. Beside
 * it stand the last numbers of rows of money and of the audit log, which are never deleted: they only grow. Each alone,
 * since a server that comes back from a snapshot gives out numbers ahead of the rows: a new row of one table may go
 * further than a lost one. The sequences of these numbers say less, for the same reason.
 */
const PRINT = `SELECT (SELECT system_identifier FROM pg_control_system()) || ':' ||
  left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) || ':' ||
  (SELECT oid FROM pg_database WHERE datname = current_database()) || ':' ||
  'ledger_entry'::regclass::oid ||
  COALESCE(':' || $1, '') AS fingerprint,
  (SELECT COALESCE(MAX(id), 0) FROM ledger_entry) AS ledger_entry,
  (SELECT COALESCE(MAX(id), 0) FROM credit_entry) AS credit_entry,
  (SELECT COALESCE(MAX(id), 0) FROM audit_event) AS audit_event`

const TABLES = ['ledger_entry', 'credit_entry', 'audit_event'] as const

/**
 * @param resumedAs as it was read, not as it is now: whoever resumes meanwhile makes these other books than those that
 * the reader looks at
 */
export async function readPrint(pool: Pool, resumedAs: string | null): Promise<BooksPrint> {
  const { rows } = await pool.query<Record<'fingerprint' | (typeof TABLES)[number], string>>(PRINT, [
    resumedAs,
  ])
  const [row] = rows
  const fingerprint = row?.fingerprint ?? ''
  return {
    fingerprint,
    resumedAs,
    heights: new Map(TABLES.map(table => [`${fingerprint}:${table}`, BigInt(row?.[table] ?? 0)])),
  }
}

/** Whether one of the tables ends earlier than `others` say. */
export function isBehind(heights: Heights, others: Heights): boolean {
  return [...heights].some(([key, height]) => height < (others.get(key) ?? 0n))
}

/** Of two looks at the same books what each table came to; of others the later look alone. */
export function furthest(before: BooksPrint | undefined, found: BooksPrint): BooksPrint {
  if (before?.fingerprint !== found.fingerprint) return found
  const further = ([key, height]: [string, bigint]): [string, bigint] => {
    const former = before.heights.get(key) ?? 0n
    return [key, former > height ? former : height]
  }
  return { ...found, heights: new Map([...found.heights].map(further)) }
}
