import type { NoticesAnswer } from '@odoo-backup/protocol'
import { en } from '../pages/messages/en.ts'
import type { PrismaClient } from '../registry/generated/client.ts'
import { type NoticeText, noticeMessage } from './notice-text.ts'

export type NoticeType = NoticesAnswer['notices'][number]['type']

/** Something that an account should know. */
export interface Notice {
  /** Grows with time; the cursor of those who fetch. */
  readonly id: string
  readonly type: NoticeType
  /** In English, as agents fetch it. */
  readonly message: string
  readonly createdAt: Date
}

export interface NewNotice {
  readonly type: NoticeType
  readonly text: NoticeText
}

export interface NoticeBoard {
  raise(accountId: string, notice: NewNotice): Promise<void>
  /** Tells of a condition once while it lasts. True: it was not known yet. */
  raiseCondition(accountId: string, condition: string, notice: NewNotice): Promise<boolean>
  /** The condition is over: its notice is told to nobody any more. */
  withdrawCondition(accountId: string, condition: string): Promise<void>
  /**
   * Notices after a cursor, oldest first; all that are kept without one. The same cursor gives the same notices,
   * but for new ones and those withdrawn in between.
   */
  list(accountId: string, after: string | undefined): Promise<{ cursor: string; notices: readonly Notice[] }>
}

const PAGE = 100

function worded({ type, text }: NewNotice) {
  return { type, text, message: noticeMessage(text, en) }
}

export function createNoticeBoard(prisma: PrismaClient, now: () => Date): NoticeBoard {
  /**
   * Notices of one account are written one after the other, so that none with a lower id appears behind the back of
   * who has read a higher one.
   */
  const inTurn = (accountId: string) =>
    prisma.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('notice'), hashtext(${accountId}))`
  const told = (accountId: string, after: bigint) =>
    prisma.notice.findMany({
      where: { accountId, id: { gt: after }, withdrawnAt: null },
      orderBy: { id: 'asc' },
      take: PAGE,
    })
  /** A cursor beyond it was given before the registry was restored from an older copy: what it saw is not known here. */
  async function lastNumber(): Promise<bigint> {
    const [row] = await prisma.$queryRaw<{ last_value: bigint }[]>`SELECT last_value FROM notice_id_seq`
    return row?.last_value ?? 0n
  }
  return {
    async raise(accountId, notice) {
      await prisma.$transaction([
        inTurn(accountId),
        prisma.notice.create({ data: { accountId, ...worded(notice), createdAt: now() } }),
      ])
    },
    async raiseCondition(accountId, condition, notice) {
      const [, { count }] = await prisma.$transaction([
        inTurn(accountId),
        prisma.notice.createMany({
          data: [{ accountId, condition, ...worded(notice), createdAt: now() }],
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
      let seen = after !== undefined && /^[0-9]{1,18}$/.test(after) ? BigInt(after) : 0n
      let rows = await told(accountId, seen)
      if (rows.length === 0 && seen > 0n && seen > (await lastNumber())) {
        seen = 0n
        rows = await told(accountId, seen)
      }
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
