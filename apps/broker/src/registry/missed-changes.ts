import type { AuditEvent, AuditTrail } from '../audit/audit-trail.ts'
import type { ActingParty, StandingChanges } from './standing-changes.ts'

/**
 * The same changes, where each that finds nothing to change, such as an instance of somebody else, stands in the trail
 * as refused before the caller learns of it, with the id that was asked for.
 */
export function recordingMissedChanges(changes: StandingChanges, audit: AuditTrail): StandingChanges {
  async function recorded(
    isChanged: boolean,
    { reason: why, ...by }: ActingParty,
    event: Pick<AuditEvent, 'action' | 'reason' | 'accountId' | 'instanceId' | 'detail'>,
  ): Promise<boolean> {
    if (isChanged) return true
    const detail = { ...event.detail, ...(why === undefined ? {} : { why }) }
    await audit.record({ ...by, ...event, outcome: 'refused', detail })
    return false
  }

  return {
    revoke: async (of, by) =>
      await recorded(await changes.revoke(of, by), by, {
        action: 'instance.revoked',
        reason: 'no_such_instance',
        ...of,
      }),
    setPurposes: async (of, purposes, by) =>
      await recorded(await changes.setPurposes(of, purposes, by), by, {
        action: 'instance.purposes_changed',
        reason: 'no_such_instance',
        ...of,
        detail: { purposes: purposes.join('+') },
      }),
    suspend: async (accountId, by) =>
      await recorded(await changes.suspend(accountId, by), by, {
        action: 'account.suspended',
        reason: 'no_such_account',
        accountId,
      }),
    resume: async (accountId, by) =>
      await recorded(await changes.resume(accountId, by), by, {
        action: 'account.resumed',
        reason: 'no_such_account',
        accountId,
      }),
  }
}
