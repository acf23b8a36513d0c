import type { Purpose } from '@odoo-backup/protocol'
import type { Instance, InstanceOrigin, PrismaClient } from './generated/client.ts'
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

export interface InstancesPage {
  /** Those in use, the latest approved first. */
  readonly inUse: readonly InstanceView[]
  /** There are more in use: the next page comes after this one. */
  readonly next: InstanceId | undefined
  /** On the first page: those revoked last. */
  readonly revoked: readonly InstanceView[]
}

const PAGE_SIZE = 100
const origins = { origins: { orderBy: { approvedAt: 'asc' } } } as const

/**
 * The instances of an account, page by page: each that is in use can be reached, since only its account can revoke it.
 * `after` is an instance of the account, which may have been revoked meanwhile; any other begins at the first page.
 */
export async function instancesOf(
  prisma: PrismaClient,
  accountId: AccountId,
  after?: InstanceId,
): Promise<InstancesPage> {
  const last = after && (await prisma.instance.findFirst({ where: { id: after, accountId } }))
  const approvedAt = last?.approvedAt
  const rows = await prisma.instance.findMany({
    where: {
      accountId,
      state: 'approved',
      ...(last && approvedAt
        ? { OR: [{ approvedAt: { lt: approvedAt } }, { approvedAt, id: { lt: last.id } }] }
        : {}),
    },
    include: origins,
    orderBy: [{ approvedAt: 'desc' }, { id: 'desc' }],
    take: PAGE_SIZE + 1,
  })
  const revoked = last
    ? []
    : await prisma.instance.findMany({
        where: { accountId, state: 'revoked' },
        include: origins,
        orderBy: [{ revokedAt: 'desc' }, { id: 'desc' }],
        take: PAGE_SIZE,
      })
  const inUse = rows.slice(0, PAGE_SIZE).map(viewOf)
  return {
    inUse,
    next: rows.length > PAGE_SIZE ? inUse.at(-1)?.id : undefined,
    revoked: revoked.map(viewOf),
  }
}

function viewOf(row: Instance & { origins: InstanceOrigin[] }): InstanceView {
  return {
    id: InstanceId.parse(row.id),
    name: row.name ?? undefined,
    origins: row.origins.map(({ origin }) => origin),
    purposes: row.purposes,
    approvedAt: row.approvedAt ?? undefined,
    lastSeenAt: row.lastSeenAt ?? undefined,
    revokedAt: row.revokedAt ?? undefined,
  }
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
