import { HttpProblem } from '@odoo-backup/service'
import { TooManyRequests } from '../http/too-many-requests.ts'
import type { AuditEvent, AuditTrail } from './audit-trail.ts'

/**
 * Does the work; what refuses it stands in the trail before the caller learns of it. That somebody asks too often is
 * written elsewhere, so that a flood does not fill the trail (`RateRefusals`).
 */
export async function recordingRefusals<Answer>(
  audit: AuditTrail,
  event: Omit<AuditEvent, 'outcome' | 'reason'>,
  work: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof HttpProblem && !(error instanceof TooManyRequests))
      await audit.record({ ...event, outcome: 'refused', reason: error.code })
    throw error
  }
}
