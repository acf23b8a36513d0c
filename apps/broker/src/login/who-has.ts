import type { AuditEvent } from '../audit/audit-trail.ts'
import type { Standing } from '../registry/instances.ts'

/** Who brings a key of this standing, for the audit trail: `unknown` for one that no instance has. */
export function whoHas(standing: Standing): Pick<AuditEvent, 'actor' | 'instanceId' | 'accountId'> {
  if (standing.state === 'unknown') return { actor: 'unknown' }
  const { instanceId } = standing
  return {
    actor: `instance:${instanceId}`,
    instanceId,
    ...(standing.state === 'approved' ? { accountId: standing.accountId } : {}),
  }
}
