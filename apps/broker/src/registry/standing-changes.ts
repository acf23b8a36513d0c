import type { Purpose } from '@odoo-backup/protocol'
import type { AuditEvent, AuditTrail } from '../audit/audit-trail.ts'
import type { InstanceChanges } from '../vending/instance-changes.ts'
import type { PrismaClient } from './generated/client.ts'
import type { AccountId, InstanceId } from './ids.ts'

/** On whose behalf something changes, for the audit trail. */
export interface ActingParty {
  /** As in `AuditEvent.actor`. */
  readonly actor: string
  readonly address?: string
  /** In words, where an operator acts. */
  readonly reason?: string
}

/**
 * What an account or an operator may change about who is served. Each resolves when the change is written,
 * known to all replicas and in the audit trail; false when there is nothing of that id to change.
 */
export interface StandingChanges {
  /** For good: the key is never bound again. `accountId` demands that the instance is that account's. */
  revoke(of: { instanceId: InstanceId; accountId?: AccountId }, by: ActingParty): Promise<boolean>
  setPurposes(
    of: { instanceId: InstanceId; accountId?: AccountId },
    purposes: readonly Purpose[],
    by: ActingParty,
  ): Promise<boolean>
  suspend(accountId: AccountId, by: ActingParty): Promise<boolean>
  resume(accountId: AccountId, by: ActingParty): Promise<boolean>
}

export interface StandingChangesDependencies {
  readonly prisma: PrismaClient
  readonly changes: InstanceChanges
  readonly audit: AuditTrail
  readonly now: () => Date
}

export function createStandingChanges({
  prisma,
  changes,
  audit,
  now,
}: StandingChangesDependencies): StandingChanges {
  /** Announced before it is written down: nothing may be vended any more, even if the trail cannot be reached. */
  async function done(instanceIds: readonly string[], event: AuditEvent): Promise<true> {
    await changes.announce(instanceIds)
    await audit.record(event)
    return true
  }

  async function changeInstance(
    { instanceId, accountId }: { instanceId: InstanceId; accountId?: AccountId },
    data: { state: 'revoked'; revokedAt: Date } | { purposes: Purpose[] },
    event: Pick<AuditEvent, 'action' | 'detail'> & ActingParty,
  ): Promise<boolean> {
    const owner = accountId === undefined ? {} : { accountId }
    const where = { id: instanceId, state: { not: 'revoked' as const }, ...owner }
    const [row] = await prisma.instance.updateManyAndReturn({ where, data, select: { accountId: true } })
    if (row === undefined) return false
    return done([instanceId], {
      ...event,
      outcome: 'done',
      instanceId,
      ...(row.accountId === null ? {} : { accountId: row.accountId }),
    })
  }

  async function changeAccount(
    accountId: AccountId,
    suspendedAt: Date | null,
    by: ActingParty,
  ): Promise<boolean> {
    const { count } = await prisma.account.updateMany({ where: { id: accountId }, data: { suspendedAt } })
    if (count === 0) return false
    const instances = await prisma.instance.findMany({ where: { accountId }, select: { id: true } })
    const action = suspendedAt === null ? 'account.resumed' : 'account.suspended'
    return done(
      instances.map(({ id }) => id),
      { ...by, action, outcome: 'done', accountId },
    )
  }

  return {
    revoke: (of, by) =>
      changeInstance(of, { state: 'revoked', revokedAt: now() }, { ...by, action: 'instance.revoked' }),
    setPurposes: (of, purposes, by) =>
      changeInstance(
        of,
        { purposes: [...purposes] },
        {
          ...by,
          action: 'instance.purposes_changed',
          detail: { purposes: purposes.join('+') },
        },
      ),
    suspend: (accountId, by) => changeAccount(accountId, now(), by),
    resume: (accountId, by) => changeAccount(accountId, null, by),
  }
}
