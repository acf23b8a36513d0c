import type { NoticesAnswer } from '@odoo-backup/protocol'
import type { PrismaClient } from '../registry/generated/client.ts'

export type NoticeType = NoticesAnswer['notices'][number]['type']

/** Something that an account should know. */
export interface Notice {
  /** Grows with time; the cursor of those who fetch. */
  readonly id: string
  readonly type: NoticeType
  readonly message: string
  readonly createdAt: Date
}

export interface NoticeBoard {
  raise(accountId: string, notice: { type: NoticeType; message: string }): Promise<void>
  /** Tells of a condition once while it lasts. True: it was not known yet. */
  raiseCondition(
    accountId: string,
    condition: string,
    notice: { type: NoticeType; message: string },
  ): Promise<boolean>
  /** The condition is over: its notice is told to nobody any more. */
  withdrawCondition(accountId: string, condition: string): Promise<void>
  /**
   * Notices after a cursor, oldest first; all that are kept without one. The same cursor gives the same notices,
   * but for new ones and those withdrawn in between.
   */
  list(accountId: string, after: string | undefined): Promise<{ cursor: string; notices: readonly Notice[] }>
}

const PAGE = 100

export function createNoticeBoard(prisma: PrismaClient, now: () => Date): NoticeBoard {
  /**
   * Notices of one account are written one after the other, so that none with a lower id appears behind the back of
   * who has read a higher one.
   */
  const inTurn = (accountId: string) =>
    prisma.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('notice'), hashtext(${accountId}))`
  return {
    async raise(accountId, { type, message }) {
      await prisma.$transaction([
        inTurn(accountId),
        prisma.notice.create({ data: { accountId, type, message, createdAt: now() } }),
      ])
    },
    async raiseCondition(accountId, condition, { type, message }) {
      const [, { count }] = await prisma.$transaction([
        inTurn(accountId),
        prisma.notice.createMany({
          data: [{ accountId, condition, type, message, createdAt: now() }],
          skipDuplicates: true,
        }),
      ])
      return count === 1
    },
    async withdrawCondition(accountId, condition) {
      await prisma.notice.updateMany({
        where: { accountId, condition, withdrawnAt: null },
        data: { withdrawnAt: now() },
      })
    },
    async list(accountId, after) {
      const seen = after !== undefined && /^[0-9]{1,18}$/.test(after) ? BigInt(after) : 0n
      const rows = await prisma.notice.findMany({
        where: { accountId, id: { gt: seen }, withdrawnAt: null },
        orderBy: { id: 'asc' },
        take: PAGE,
      })
      const notices = rows.map(({ id, type, message, createdAt }) => ({
        id: String(id),
        type,
        message,
        createdAt,
      }))
      return { cursor: notices.at(-1)?.id ?? String(seen), notices }
    },
  }
}
