import type { Pool } from 'pg'
import { z } from 'zod'

/** What an account stored on a day. Bytes are as the store counts them. */
export const UsageDay = z.object({
  day: z.iso.date(),
  currentBytes: z.int().min(0),
  currentObjects: z.int().min(0),
  oldBytes: z.int().min(0),
  oldObjects: z.int().min(0),
  uploadBytes: z.int().min(0),
  uploads: z.int().min(0),
})
export type UsageDay = z.infer<typeof UsageDay>

/** How many days a report has. */
export const UsageDays = z.coerce.number().pipe(z.int().min(1).max(400)).default(90)

interface Row {
  day: string
  current_bytes: string
  current_objects: string
  old_bytes: string
  old_objects: string
  upload_bytes: string
  uploads: string
}

/** The last `days` samples of an account, the oldest first. */
export async function usageReport(pool: Pool, accountId: string, days: number): Promise<UsageDay[]> {
  const { rows } = await pool.query<Row>(
    `SELECT day::text, current_bytes, current_objects, old_bytes, old_objects, upload_bytes, uploads
     FROM usage_sample WHERE account_id = $1 ORDER BY day DESC LIMIT $2`,
    [accountId, days],
  )
  return rows.reverse().map(row => ({
    day: row.day,
    currentBytes: Number(row.current_bytes),
    currentObjects: Number(row.current_objects),
    oldBytes: Number(row.old_bytes),
    oldObjects: Number(row.old_objects),
    uploadBytes: Number(row.upload_bytes),
    uploads: Number(row.uploads),
  }))
}
