import type { Pool } from 'pg'

/** More than are raised between a copy of the registry and its restore. */
const SKIPPED = 1_000_000

/**
 * Lets new notices have numbers beyond all that a registry which was restored may have given before: those who fetch
 * hold cursors of then, and would never be given what is raised below them.
 */
export async function skipNoticeNumbers(pool: Pool): Promise<void> {
  await pool.query(`SELECT setval('notice_id_seq', nextval('notice_id_seq') + ${SKIPPED})`)
}
