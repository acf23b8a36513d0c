import { type NoticeText, readNoticeText } from '../notices/notice-text.ts'
import type { PrismaClient } from '../registry/generated/client.ts'
import type { AccountId } from '../registry/ids.ts'

/** A notice as its account's page shows it. */
export interface ShownNotice {
  /** In English. */
  readonly message: string
  /** For the reader's language; absent in what older brokers told. */
  readonly text: NoticeText | undefined
  readonly createdAt: Date
}

const MOST_SHOWN = 50

/** The latest notices of an account, newest first, without those whose condition is over. */
export async function latestNotices(prisma: PrismaClient, accountId: AccountId): Promise<ShownNotice[]> {
  const rows = await prisma.notice.findMany({
    where: { accountId, withdrawnAt: null },
    select: { message: true, text: true, createdAt: true },
    orderBy: { id: 'desc' },
    take: MOST_SHOWN,
  })
  return rows.map(row => ({ ...row, text: readNoticeText(row.text) }))
}
