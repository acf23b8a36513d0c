import type { Pool } from 'pg'
import { createGroupedQuery, GROUPED_QUERY_TIMEOUT_MS } from '../registry/grouped-query.ts'
import type { AuditEvent, AuditTrail } from './audit-trail.ts'

/** So many rows travel in one statement at most. */
const LARGEST_GROUP = 500

const INSERT = {
  name: 'audit-insert',
  query_timeout: GROUPED_QUERY_TIMEOUT_MS,
  text: `
INSERT INTO audit_event (at, action, outcome, actor, account_id, instance_id, address, reason, detail)
SELECT at, action, outcome, actor, "accountId", "instanceId", address, reason, coalesce(detail, '{}')
FROM json_to_recordset($1::json) AS event(
  at timestamptz, action text, outcome text, actor text, "accountId" text, "instanceId" text,
  address text, reason text, detail jsonb)`,
}

export type WrittenEvent = AuditEvent & { readonly at: string }

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
  const write = createGroupedQuery(async (events: readonly WrittenEvent[]) => {
    await pool.query({ ...INSERT, values: [JSON.stringify(events)] })
    for (const event of events) copy(event)
    return events
  }, LARGEST_GROUP)
  return {
    async record(event) {
      await write({ ...withoutControls(event), at: new Date(now()).toISOString() })
    },
  }
}

/** PostgreSQL takes no NUL in text; a header or body of a client may have brought one. */
function withoutControls(event: AuditEvent): AuditEvent {
  const reason = event.reason?.replaceAll('\u0000', '')
  return reason === undefined ? event : { ...event, reason }
}
