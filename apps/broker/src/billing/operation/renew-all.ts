import type { Pool } from 'pg'
import type { Renewal } from '../charging/renewal.ts'

export interface RenewAllDependencies {
  readonly pool: Pool
  readonly renewal: Renewal
  readonly onFailure: (accountId: string, error: unknown) => void
}

const PAGE = 100

/** Renews every account that is billed, one after another. The number of those that could be. */
export async function renewAll(dependencies: RenewAllDependencies, signal?: AbortSignal): Promise<number> {
  const { pool, renewal, onFailure } = dependencies
  let [last, count] = ['00000000-0000-0000-0000-000000000000', 0]
  for (;;) {
    const { rows } = await pool.query<{ account_id: string }>(
      `SELECT account_id FROM billing_account
       WHERE account_id > $1 AND anchor_at IS NOT NULL ORDER BY account_id LIMIT $2`,
      [last, PAGE],
    )
    for (const { account_id: accountId } of rows) {
      signal?.throwIfAborted()
      last = accountId
      try {
        await renewal.renew(accountId)
        count += 1
      } catch (error) {
        onFailure(accountId, error)
      }
    }
    if (rows.length < PAGE) return count
  }
}
