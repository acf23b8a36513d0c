import type { Purpose } from '@odoo-backup/protocol'
import type { Transaction } from '../audit/change-trail.ts'
import type { BindingCode, PrismaClient } from '../registry/generated/client.ts'
import { AccountId, InstanceId } from '../registry/ids.ts'
import type { Standing } from '../registry/instances.ts'
import { hashOpaqueId, isOpaqueId } from './opaque-id.ts'
import type { RedirectAddress } from './redirect-address.ts'

/** What came of a code that was brought back. */
export type Binding =
  | {
      readonly outcome: 'bound'
      readonly instanceId: InstanceId
      readonly accountId: AccountId
      readonly purposes: readonly Purpose[]
      readonly origin: string | undefined
    }
  | {
      readonly outcome: 'refused'
      readonly reason: 'unknown_code' | 'other_key' | 'expired' | 'other_redirect' | 'not_bindable'
      /** Whose code it was, when it was somebody's. */
      readonly accountId?: AccountId
      readonly instanceId?: InstanceId
    }

export interface BindingDependencies {
  readonly prisma: PrismaClient
  readonly now: () => Date
}

/** An approval whose code has not been brought back yet. */
export interface OpenApproval {
  readonly origin: string | undefined
  readonly expiresAt: Date
}

export interface BindingCodes {
  /**
   * Binds a key to the account that approved it, if its holder brings the code of that approval. Whatever comes
   * of it, the code is used up: a code that has been in other hands is worth nothing. `bringer` is the standing of
   * the key that came with it.
   */
  redeem(
    transaction: Transaction,
    brought: { code: string; redirect?: RedirectAddress },
    bringer: Standing,
  ): Promise<Binding>
  openApprovals(accountId: AccountId): Promise<OpenApproval[]>
  /** Makes the codes of all approvals that are still open worthless; how many there were. */
  withdraw(transaction: Transaction, accountId: AccountId): Promise<number>
}

export function createBindingCodes({ prisma, now }: BindingDependencies): BindingCodes {
  return {
    async redeem(transaction, { code, redirect }, bringer) {
      if (!isOpaqueId(code)) return { outcome: 'refused', reason: 'unknown_code' }
      const where = { codeHash: hashOpaqueId(code) }
      const [row] = await transaction.bindingCode.findMany({ where })
      const { count } = await transaction.bindingCode.deleteMany({ where })
      if (row === undefined || count === 0) return { outcome: 'refused', reason: 'unknown_code' }
      const ids = {
        accountId: AccountId.parse(row.accountId),
        instanceId: InstanceId.parse(row.instanceId),
      }
      if (bringer.state === 'unknown' || bringer.instanceId !== row.instanceId)
        return { outcome: 'refused', reason: 'other_key', ...ids }
      if (row.expiresAt <= now()) return { outcome: 'refused', reason: 'expired', ...ids }
      if (redirect !== undefined && !isSamePage(row, redirect))
        return { outcome: 'refused', reason: 'other_redirect', ...ids }
      if (!(await bind(transaction, row, now())))
        return { outcome: 'refused', reason: 'not_bindable', ...ids }
      return { outcome: 'bound', ...ids, purposes: row.purposes, origin: row.origin ?? undefined }
    },

    async openApprovals(accountId) {
      const rows = await prisma.bindingCode.findMany({
        where: { accountId, expiresAt: { gt: now() } },
        orderBy: { expiresAt: 'asc' },
      })
      return rows.map(({ origin, expiresAt }) => ({ origin: origin ?? undefined, expiresAt }))
    },

    async withdraw({ bindingCode }, accountId) {
      const { count } = await bindingCode.deleteMany({ where: { accountId } })
      return count
    },
  }
}

/** The query may come back written in another way (Odoo encodes it anew); the page may not be another one. */
function isSamePage(row: BindingCode, brought: RedirectAddress): boolean {
  if (row.redirect === null) return false
  const asked = new URL(row.redirect)
  return asked.origin === brought.origin && asked.pathname === new URL(brought.href).pathname
}

/** False for a revoked key, and for one that belongs to another account: neither is ever bound. */
async function bind(
  transaction: Pick<Transaction, 'instance' | 'instanceOrigin'>,
  { instanceId, accountId, purposes, origin }: BindingCode,
  now: Date,
): Promise<boolean> {
  const { count } = await transaction.instance.updateMany({
    where: { id: instanceId, state: { not: 'revoked' }, OR: [{ accountId: null }, { accountId }] },
    data: { state: 'approved', accountId, purposes, approvedAt: now, lastSeenAt: now },
  })
  if (count === 0) return false
  if (origin !== null)
    await transaction.instanceOrigin.upsert({
      where: { instanceId_origin: { instanceId, origin } },
      create: { instanceId, origin, approvedAt: now },
      update: { approvedAt: now },
    })
  return true
}
