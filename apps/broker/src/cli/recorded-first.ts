import type { AuditEvent, AuditTrail } from '../audit/audit-trail.ts'

/**
 * Does what must never be done without a row of the audit trail: the row is written first. When the work then fails,
 * a second row says that it was refused, with the name of the error as its reason.
 */
export async function recordedFirst<Answer>(
  audit: AuditTrail,
  event: AuditEvent,
  work: () => Promise<Answer>,
): Promise<Answer> {
  await audit.record(event)
  try {
    return await work()
  } catch (error) {
    const reason = error instanceof Error ? error.name : 'failed'
    await audit.record({ ...event, outcome: 'refused', reason })
    throw error
  }
}
