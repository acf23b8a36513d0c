import type { Purpose } from '@odoo-backup/protocol'
import type { PrismaClient } from './generated/client.ts'
import { type AccountId, InstanceId } from './ids.ts'

/** An instance as its account sees it. */
export interface InstanceView {
  readonly id: InstanceId
  readonly name: string | undefined
  readonly origins: readonly string[]
  readonly purposes: readonly Purpose[]
  readonly approvedAt: Date | undefined
  readonly lastSeenAt: Date | undefined
  readonly revokedAt: Date | undefined
}

const MOST_SHOWN = 200

/** The instances of an account: those in use first, then by the time of approval. */
export async function instancesOf(prisma: PrismaClient, accountId: AccountId): Promise<InstanceView[]> {
  const rows = await prisma.instance.findMany({
    where: { accountId },
    include: { origins: { orderBy: { approvedAt: 'asc' } } },
    orderBy: [{ state: 'asc' }, { approvedAt: 'desc' }],
    take: MOST_SHOWN,
  })
  return rows.map(row => ({
    id: InstanceId.parse(row.id),
    name: row.name ?? undefined,
    origins: row.origins.map(({ origin }) => origin),
    purposes: row.purposes,
    approvedAt: row.approvedAt ?? undefined,
    lastSeenAt: row.lastSeenAt ?? undefined,
    revokedAt: row.revokedAt ?? undefined,
  }))
}

/** False when the account has no such instance. */
export async function nameInstance(
  prisma: PrismaClient,
  { instanceId: id, accountId }: { instanceId: InstanceId; accountId: AccountId },
  name: string,
): Promise<boolean> {
  const { count } = await prisma.instance.updateMany({
    where: { id, accountId },
    data: { name: name === '' ? null : name },
  })
  return count === 1
}
