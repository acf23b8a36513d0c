import type { AccountFolder } from '@odoo-backup/protocol'
import type { Pool } from 'pg'
import type { FolderUsage } from './measure-folder.ts'

export interface SampleUsageDependencies {
  readonly pool: Pool
  readonly measure: (folder: AccountFolder) => Promise<FolderUsage>
  readonly parseFolder: (folder: string) => AccountFolder
  readonly now: () => Date
  /** One account could not be measured; the others go on. */
  readonly onFailure: (accountId: string, error: unknown) => void
}

/** Accounts that are read at once: memory stays the same for ten accounts and for ten thousand. */
const PAGE = 100
/** An account that is new and has stored nothing yet is looked at again so much later: its first backup is seen soon. */
const EMPTY_AGAIN_MS = 30 * 60_000
/** So many in a row that cannot be measured: the store is away, and the next run tries again. */
const FAILURES_IN_A_ROW = 10

/** What is left to measure today: no sample yet, or an empty one that is the first of its account and was made before $4. */
const LEFT = `SELECT id, folder FROM account a WHERE id > $1
  AND NOT EXISTS (SELECT 1 FROM usage_sample u WHERE u.account_id = a.id AND u.day = $3
    AND (u.current_objects + u.old_objects + u.uploads > 0 OR u.sampled_at > $4
      OR EXISTS (SELECT 1 FROM usage_sample e WHERE e.account_id = a.id AND e.day < $3)))
  ORDER BY id LIMIT $2`

/**
 * Samples all accounts for the day (UTC), each once, in the order of their ids. A run that was cut short is taken up
 * where it stopped; accounts that could not be measured, and those that came since, are measured by the next. On its
 * first day an account is measured until something is found. The number of accounts that were measured now.
 */
export async function sampleUsage(
  dependencies: SampleUsageDependencies,
  signal?: AbortSignal,
): Promise<number> {
  const { pool, now, onFailure } = dependencies
  const day = now().toISOString().slice(0, 10)
  await pool.query('INSERT INTO usage_run (day) VALUES ($1) ON CONFLICT (day) DO NOTHING', [day])
  const emptyBefore = new Date(now().getTime() - EMPTY_AGAIN_MS)
  let last = '00000000-0000-0000-0000-000000000000'
  let [count, failed, inARow] = [0, 0, 0]
  for (;;) {
    const { rows: accounts } = await pool.query<{ id: string; folder: string }>(LEFT, [
      last,
      PAGE,
      day,
      emptyBefore,
    ])
    for (const account of accounts) {
      signal?.throwIfAborted()
      last = account.id
      try {
        await sampleOne(dependencies, { ...account, day })
        count += 1
        inARow = 0
      } catch (error) {
        onFailure(account.id, error)
        failed += 1
        inARow += 1
        if (inARow === FAILURES_IN_A_ROW)
          throw new Error(`The store could not be read for ${inARow} accounts in a row.`, { cause: error })
      }
    }
    if (accounts.length < PAGE) break
  }
  if (failed === 0)
    await pool.query('UPDATE usage_run SET finished_at = $2 WHERE day = $1 AND finished_at IS NULL', [
      day,
      now(),
    ])
  return count
}

async function sampleOne(
  { pool, measure, parseFolder, now }: SampleUsageDependencies,
  { id, folder, day }: { readonly id: string; readonly folder: string; readonly day: string },
): Promise<void> {
  const usage = await measure(parseFolder(folder))
  await pool.query(
    `INSERT INTO usage_sample (account_id, day, current_bytes, current_objects, old_bytes, old_objects,
       upload_bytes, uploads, sampled_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (account_id, day) DO UPDATE SET current_bytes = EXCLUDED.current_bytes,
       current_objects = EXCLUDED.current_objects, old_bytes = EXCLUDED.old_bytes,
       old_objects = EXCLUDED.old_objects, upload_bytes = EXCLUDED.upload_bytes, uploads = EXCLUDED.uploads,
       sampled_at = EXCLUDED.sampled_at
     WHERE usage_sample.current_objects + usage_sample.old_objects + usage_sample.uploads = 0`,
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
