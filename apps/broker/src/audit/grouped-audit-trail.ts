import { DatabaseError, type Pool } from 'pg'
import { createGroupedQuery, GROUPED_QUERY_TIMEOUT_MS } from '../registry/grouped-query.ts'
import { ifNotCommitted } from '../registry/transaction.ts'
import { auditRows, INSERT_AUDIT_ROWS, type WrittenEvent } from './audit-rows.ts'
import type { AuditTrail } from './audit-trail.ts'

/** So many rows travel in one statement at most. */
const LARGEST_GROUP = 500

const INSERT = {
  name: 'audit-insert',
  query_timeout: GROUPED_QUERY_TIMEOUT_MS,
  text: INSERT_AUDIT_ROWS,
}

export interface GroupedAuditTrailOptions {
  readonly pool: Pool
  readonly now: () => number
  /** The copy in the log stream, made after the row is written. */
  readonly copy: (event: WrittenEvent) => void
}

/**
 * Writes events in groups: while one statement is under way, what arrives waits for the next, so that a busy
 * broker commits hundreds of rows at once and an idle one writes each at once.
 */
export function createGroupedAuditTrail({ pool, now, copy }: GroupedAuditTrailOptions): AuditTrail {
  async function insert(events: readonly WrittenEvent[]): Promise<void> {
    await pool.query({ ...INSERT, values: [auditRows(events)] })
    for (const event of events) copy(event)
  }

  const write = createGroupedQuery<WrittenEvent, 'written' | Error>(async events => {
    try {
      await insert(events)
      return events.map(() => 'written' as const)
    } catch (error) {
      if (!isFaultOfARow(error) || events.length === 1) throw error
      // One row that the database does not take must not cost its neighbours theirs.
      const each: ('written' | Error)[] = []
      for (const event of events) each.push(await insert([event]).then(() => 'written' as const, asError))
      return each
    }
  }, LARGEST_GROUP)

  return {
    async record(event, within) {
      const written = { ...event, at: new Date(now()).toISOString() }
      if (within !== undefined) {
        await within.query(INSERT_AUDIT_ROWS, [auditRows([written])])
        copy(written)
        // As of rights (`ChangeTrail`): what the log tells just before the commit, it tells again where that fails.
        ifNotCommitted(within, () => copy({ ...written, outcome: 'refused', reason: 'not_confirmed' }))
        return
      }
      const outcome = await write(written)
      if (outcome !== 'written') throw outcome
    },
  }
}

/** Classes 22 and 23 of SQLSTATE: wrong data, broken constraint. */
function isFaultOfARow(error: unknown): boolean {
  return error instanceof DatabaseError && /^2[23]/.test(error.code ?? '')
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
