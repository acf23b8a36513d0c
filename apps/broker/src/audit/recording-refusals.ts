import { HttpProblem } from '@odoo-backup/service'
import type { AuditEvent, AuditTrail } from './audit-trail.ts'

/**
 * Does the work; what refuses it stands in the trail before the caller learns of it. That somebody asks too often is
 * counted elsewhere, in groups (`RateRefusals`).
 */
export async function recordingRefusals<Answer>(
  audit: AuditTrail,
  event: Omit<AuditEvent, 'outcome' | 'reason'>,
  work: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof HttpProblem && error.status !== 429)
      await audit.record({ ...event, outcome: 'refused', reason: error.code })
    throw error
  }
}
