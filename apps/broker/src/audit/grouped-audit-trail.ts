import type { Pool } from 'pg'
import type { AuditEvent, AuditTrail } from './audit-trail.ts'

/** So many rows travel in one statement at most. */
const LARGEST_GROUP = 500

const INSERT = {
  name: 'audit-insert',
  text: `
INSERT INTO audit_event (at, action, outcome, actor, account_id, instance_id, address, reason, detail)
SELECT at, action, outcome, actor, "accountId", "instanceId", address, reason, coalesce(detail, '{}')
FROM json_to_recordset($1::json) AS event(
  at timestamptz, action text, outcome text, actor text, "accountId" text, "instanceId" text,
  address text, reason text, detail jsonb)`,
}

interface Waiting {
  readonly event: AuditEvent & { readonly at: string }
  readonly written: () => void
  readonly failed: (error: unknown) => void
}

export interface GroupedAuditTrailOptions {
  readonly pool: Pool
  readonly now: () => number
  /** The copy in the log stream, made after the row is written. */
  readonly copy: (event: AuditEvent & { readonly at: string }) => void
}

/**
 * Writes events in groups: while one statement is under way, what arrives waits for the next, so that a busy
 * broker commits hundreds of rows at once and an idle one writes each at once.
 */
export function createGroupedAuditTrail({ pool, now, copy }: GroupedAuditTrailOptions): AuditTrail {
  let waiting: Waiting[] = []
  let writing = false

  async function write(): Promise<void> {
    writing = true
    while (waiting.length > 0) {
      const group = waiting.slice(0, LARGEST_GROUP)
      waiting = waiting.slice(LARGEST_GROUP)
      try {
        await pool.query({ ...INSERT, values: [JSON.stringify(group.map(({ event }) => event))] })
        for (const { event, written } of group) {
          copy(event)
          written()
        }
      } catch (error) {
        for (const { failed } of group) failed(error)
      }
    }
    writing = false
  }

  return {
    record(event) {
      return new Promise((written, failed) => {
        waiting.push({
          event: { ...withoutControls(event), at: new Date(now()).toISOString() },
          written,
          failed,
        })
        // Whatever else this turn of the event loop brings joins the first group.
        if (!writing) {
          writing = true
          setImmediate(write)
        }
      })
    },
  }
}

/** PostgreSQL takes no NUL in text; a header or body of a client may have brought one. */
function withoutControls(event: AuditEvent): AuditEvent {
  const reason = event.reason?.replaceAll('\u0000', '')
  return reason === undefined ? event : { ...event, reason }
}
