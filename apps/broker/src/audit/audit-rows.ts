import { storableJson } from '../registry/storable-text.ts'
import type { AuditEvent } from './audit-trail.ts'

export type WrittenEvent = AuditEvent & { readonly at: string }

/** Writes the events that its one parameter holds, as `auditRows` makes it. */
export const INSERT_AUDIT_ROWS = `
INSERT INTO audit_event (at, action, outcome, actor, account_id, instance_id, address, reason, detail)
SELECT at, action, outcome, actor, "accountId", "instanceId", address, reason, coalesce(detail, '{}')
FROM json_to_recordset($1::json) AS event(
  at timestamptz, action text, outcome text, actor text, "accountId" text, "instanceId" text,
  address text, reason text, detail jsonb)`

export function auditRows(events: readonly WrittenEvent[]): string {
  return storableJson(events)
}
