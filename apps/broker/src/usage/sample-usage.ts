import type { AccountFolder } from '@odoo-backup/protocol'
import type { Pool } from 'pg'
import type { FolderUsage } from './measure-folder.ts'

export interface SampleUsageDependencies {
  readonly pool: Pool
  readonly measure: (folder: AccountFolder) => Promise<FolderUsage>
  readonly parseFolder: (folder: string) => AccountFolder
  readonly now: () => Date
  /** One account could not be measured; the others go on, and its gap is carried over. */
  readonly onFailure: (accountId: string, error: unknown) => void
}

/** Accounts that are read at once: memory stays the same for ten accounts and for ten thousand. */
const PAGE = 100

/**
 * Samples all accounts for the day (UTC), each once, in the order of their ids. A run that was cut short is taken up
 * where it stopped; one that is complete does nothing. The number of accounts that were measured now.
 */
export async function sampleUsage(
  dependencies: SampleUsageDependencies,
  signal?: AbortSignal,
): Promise<number> {
  const { pool, now } = dependencies
  const day = now().toISOString().slice(0, 10)
  const { rows } = await pool.query<{ last_account_id: string | null; finished_at: Date | null }>(
    `INSERT INTO usage_run (day) VALUES ($1) ON CONFLICT (day) DO UPDATE SET day = EXCLUDED.day
     RETURNING last_account_id, finished_at`,
    [day],
  )
  if (rows[0]?.finished_at != null) return 0
  let last = rows[0]?.last_account_id ?? '00000000-0000-0000-0000-000000000000'
  let count = 0
  for (;;) {
    const { rows: accounts } = await pool.query<{ id: string; folder: string }>(
      'SELECT id, folder FROM account WHERE id > $1 ORDER BY id LIMIT $2',
      [last, PAGE],
    )
    for (const { id, folder } of accounts) {
      signal?.throwIfAborted()
      await sampleOne(dependencies, { id, folder, day })
      last = id
      count += 1
    }
    if (accounts.length < PAGE) break
  }
  await pool.query('UPDATE usage_run SET finished_at = $2 WHERE day = $1', [day, now()])
  return count
}

async function sampleOne(
  { pool, measure, parseFolder, now, onFailure }: SampleUsageDependencies,
  { id, folder, day }: { readonly id: string; readonly folder: string; readonly day: string },
): Promise<void> {
  let usage: FolderUsage
  try {
    usage = await measure(parseFolder(folder))
  } catch (error) {
    onFailure(id, error)
    await pool.query('UPDATE usage_run SET last_account_id = $2 WHERE day = $1', [day, id])
    return
  }
  await pool.query(
    `WITH progress AS (UPDATE usage_run SET last_account_id = $1 WHERE day = $2)
     INSERT INTO usage_sample (account_id, day, current_bytes, current_objects, old_bytes, old_objects,
       upload_bytes, uploads, sampled_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (account_id, day) DO UPDATE SET current_bytes = EXCLUDED.current_bytes,
       current_objects = EXCLUDED.current_objects, old_bytes = EXCLUDED.old_bytes,
       old_objects = EXCLUDED.old_objects, upload_bytes = EXCLUDED.upload_bytes, uploads = EXCLUDED.uploads,
       sampled_at = EXCLUDED.sampled_at`,
    [
      id,
      day,
      usage.currentBytes,
      usage.currentObjects,
      usage.oldBytes,
      usage.oldObjects,
      usage.uploadBytes,
      usage.uploads,
      now(),
    ],
  )
}
