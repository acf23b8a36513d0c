import { type AccountCredit, AccountSummary, NoticesAnswer, RechargeLinkAnswer } from '@odoo-backup/protocol'
import { type Route, route } from '@odoo-backup/service'
import type { Request } from 'express'
import { z } from 'zod'
import type { NoticeBoard } from '../notices/notice-board.ts'
import { findAccount } from '../registry/accounts.ts'
import type { PrismaClient } from '../registry/generated/client.ts'
import type { ApprovedStanding } from '../registry/instances.ts'
import { maskEmail } from '../registry/masked-email.ts'
import type { RechargeLinks } from './recharge-links.ts'

export interface AccountApiDependencies {
  readonly prisma: PrismaClient
  readonly approvedInstance: (request: Request) => Promise<ApprovedStanding>
  readonly notices: NoticeBoard
  readonly rechargeLinks: RechargeLinks
  /** Where credit is bought. @throws HttpProblem where none can be bought */
  readonly rechargeUrl: (accountId: string) => Promise<string>
  /** How the account stands; undefined where that is not known. */
  readonly credit: (accountId: string) => Promise<AccountCredit | undefined>
}

const agent = { tags: ['Account'], security: 'bearer', problems: [401, 403, 429] } as const

/** What an agent may know of the account that it is bound to. */
export function accountApiRoutes(dependencies: AccountApiDependencies): Route[] {
  const { prisma, approvedInstance, notices, rechargeLinks, rechargeUrl, credit: creditOf } = dependencies
  return [
    route({
      ...agent,
      method: 'get',
      path: '/v1/account',
      summary: 'The account to which the instance is bound',
      answer: AccountSummary,
      async handle({ request }) {
        const { instanceId, accountId, folder, purposes } = await approvedInstance(request)
        const [account, credit] = await Promise.all([findAccount(prisma, accountId), creditOf(accountId)])
        return {
          instanceId,
          folder,
          provider: account?.provider ?? '',
          purposes: [...purposes],
          ...(credit === undefined ? {} : { credit }),
          ...(account?.email === undefined ? {} : { maskedEmail: maskEmail(account.email) }),
        }
      },
    }),
    route({
      ...agent,
      method: 'get',
      path: '/v1/notices',
      summary: 'What the account should know; the same cursor gives the same notices',
      query: z.object({ after: z.string().max(40).optional() }),
      answer: NoticesAnswer,
      async handle({ query, request }) {
        const { accountId } = await approvedInstance(request)
        const { cursor, notices: found } = await notices.list(accountId, query.after)
        return {
          cursor,
          notices: found.map(notice => ({ ...notice, createdAt: notice.createdAt.toISOString() })),
        }
      },
    }),
    route({
      ...agent,
      method: 'post',
      path: '/v1/recharge-link',
      summary: 'A link, good for one hour and one use, to the page where credit is bought',
      answer: RechargeLinkAnswer,
      async handle({ request }) {
        const { accountId } = await approvedInstance(request)
        // No link to where nothing can be bought.
        await rechargeUrl(accountId)
        return { rechargeLink: await rechargeLinks.create(accountId) }
      },
    }),
  ]
}
