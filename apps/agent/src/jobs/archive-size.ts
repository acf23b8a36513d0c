import type { SnapshotEstimate } from '@odoo-backup/odoo'

/**
 * Of the bytes of a database's tables, so many are left in an archive. Text shrinks to a fifth or less; only what
 * PostgreSQL or an add-on had compressed before does not, and an upload grows its parts where that is most of it.
 */
const SHARE_OF_DUMP = 0.5

/**
 * About how many bytes the archive will have, by which an upload chooses its parts, and these its memory. Stored files
 * are pictures, PDFs and office documents for the most part: compressing those again brings nothing.
 */
export function estimatedArchiveBytes({ dumpBytes, fileBytes }: SnapshotEstimate): number {
  return Math.ceil(dumpBytes * SHARE_OF_DUMP) + fileBytes
}
