import { Purpose } from '@odoo-backup/protocol'
import type { AuditEvent } from '../audit/audit-trail.ts'
import type { ChangeTrail, Transaction } from '../audit/change-trail.ts'
import type { InstanceChanges } from '../vending/instance-changes.ts'
import type { Prisma } from './generated/client.ts'
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
 * What an account or an operator may change about who is served. Each resolves when the change is written
 * together with its row of the audit trail, and known to all replicas; false when there is nothing of that id to change.
 */
export interface StandingChanges {
  /** For good: the key is never bound again. `accountId` demands that the instance is that account's. */
  revoke(of: { instanceId: InstanceId; accountId?: AccountId }, by: ActingParty): Promise<boolean>
  /**
   * Where it takes purposes away, one-time codes of earlier approvals that go beyond what is left are worthless then:
   * what is decided later holds, whenever a code is brought.
   */
  setPurposes(
    of: { instanceId: InstanceId; accountId?: AccountId },
    purposes: readonly Purpose[],
    by: ActingParty,
  ): Promise<boolean>
  suspend(accountId: AccountId, by: ActingParty): Promise<boolean>
  resume(accountId: AccountId, by: ActingParty): Promise<boolean>
}

export interface StandingChangesDependencies {
  readonly changeTrail: ChangeTrail
  readonly changes: InstanceChanges
  readonly now: () => Date
}

export function createStandingChanges({
  changeTrail,
  changes,
  now,
}: StandingChangesDependencies): StandingChanges {
  async function changeInstance(
    { instanceId, accountId }: { instanceId: InstanceId; accountId?: AccountId },
    data: { state: 'revoked'; revokedAt: Date } | { purposes: Purpose[] },
    event: Pick<AuditEvent, 'action'> & ActingParty,
  ): Promise<boolean> {
    const owner = accountId === undefined ? {} : { accountId }
    const where = { id: instanceId, state: { not: 'revoked' as const }, ...owner }
    const isChanged = await changeTrail.record(async transaction => {
      // Codes before the instance, as whoever brings one does: in another order the two could wait for each other.
      const { detail, isNarrowed } =
        'purposes' in data ? await withdrawWider(transaction, where, data.purposes) : { isNarrowed: true }
      const { instance } = transaction
      const [row] = await instance.updateManyAndReturn({ where, data, select: { accountId: true } })
      if (row === undefined) return { answer: false }
      const whose = row.accountId === null ? {} : { accountId: row.accountId }
      const done = { ...event, outcome: 'done', instanceId, ...whose, ...(detail && { detail }) } as const
      return { answer: true, event: done, givesRights: !isNarrowed }
    })
    if (isChanged) await changes.announce([instanceId])
    return isChanged
  }

  async function changeAccount(
    accountId: AccountId,
    suspendedAt: Date | null,
    by: ActingParty,
  ): Promise<boolean> {
    const isResumed = suspendedAt === null
    const action = isResumed ? 'account.resumed' : 'account.suspended'
    const instances = await changeTrail.record(async ({ account, instance }) => {
      if (isResumed)
        await account.updateMany({
          where: { id: accountId, suspendedAt: { not: null } },
          data: { resumedAt: now() },
        })
      const { count } = await account.updateMany({ where: { id: accountId }, data: { suspendedAt } })
      if (count === 0) return { answer: undefined }
      const rows = await instance.findMany({ where: { accountId }, select: { id: true } })
      const event = { ...by, action, outcome: 'done', accountId } as const
      return { answer: rows.map(({ id }) => id), event, givesRights: isResumed }
    })
    if (instances === undefined) return false
    await changes.announce(instances)
    return true
  }

  return {
    revoke: (of, by) =>
      changeInstance(of, { state: 'revoked', revokedAt: now() }, { ...by, action: 'instance.revoked' }),
    setPurposes: (of, purposes, by) =>
      changeInstance(of, { purposes: [...purposes] }, { ...by, action: 'instance.purposes_changed' }),
    suspend: (accountId, by) => changeAccount(accountId, now(), by),
    resume: (accountId, by) => changeAccount(accountId, null, by),
  }
}

/**
 * Before an instance gets other purposes: where that takes some away, codes whose approval goes beyond what is left
 * become worthless. Also what the trail tells of both.
 */
async function withdrawWider(
  { instance, bindingCode }: Transaction,
  whose: Prisma.InstanceWhereInput,
  purposes: readonly Purpose[],
): Promise<Pick<AuditEvent, 'detail'> & { isNarrowed: boolean }> {
  const others = Purpose.options.filter(purpose => !purposes.includes(purpose))
  const isWider = { purposes: { hasSome: others } }
  const isNarrowed = (await instance.count({ where: { ...whose, ...isWider } })) > 0
  const { count } = isNarrowed
    ? await bindingCode.deleteMany({ where: { ...isWider, instance: whose } })
    : { count: 0 }
  const withdrawn = count === 0 ? {} : { withdrawnApprovals: count }
  return { isNarrowed, detail: { purposes: purposes.join('+'), ...withdrawn } }
}
