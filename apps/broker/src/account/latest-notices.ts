import type { PrismaClient } from '../registry/generated/client.ts'
import type { AccountId } from '../registry/ids.ts'

/** A notice as its account's page shows it. */
export interface ShownNotice {
  readonly message: string
  readonly createdAt: Date
}

const MOST_SHOWN = 50

/** The latest notices of an account, newest first, without those whose condition is over. */
export async function latestNotices(prisma: PrismaClient, accountId: AccountId): Promise<ShownNotice[]> {
  return await prisma.notice.findMany({
    where: { accountId, withdrawnAt: null },
    select: { message: true, createdAt: true },
    orderBy: { id: 'desc' },
    take: MOST_SHOWN,
  })
}
