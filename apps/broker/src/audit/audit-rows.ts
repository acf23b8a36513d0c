import type { AuditEvent } from './audit-trail.ts'

export type WrittenEvent = AuditEvent & { readonly at: string }

/** Writes the events that its one parameter holds, as `auditRows` makes it. */
export const INSERT_AUDIT_ROWS = `
INSERT INTO audit_event (at, action, outcome, actor, account_id, instance_id, address, reason, detail)
SELECT at, action, outcome, actor, "accountId", "instanceId", address, reason, coalesce(detail, '{}')
FROM json_to_recordset($1::json) AS event(
  at timestamptz, action text, outcome text, actor text, "accountId" text, "instanceId" text,
  address text, reason text, detail jsonb)`

/**
 * PostgreSQL takes neither NUL nor half of a surrogate pair in text; a header or body of a client may have brought
 * one. They are rare, so the written text is searched first.
 */
export function auditRows(events: readonly WrittenEvent[]): string {
  const text = JSON.stringify(events)
  if (!/\\u(?:0000|d[89a-f])/i.test(text)) return text
  return JSON.stringify(events, (_name, value: unknown) =>
    typeof value === 'string'
      ? value.replaceAll('\u0000', '').replaceAll(/\p{Surrogate}/gu, '\ufffd')
      : value,
  )
}
