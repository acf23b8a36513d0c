import { type Route, route } from '@odoo-backup/service'
import { z } from 'zod'
import { refusalPage } from '../login/login-pages.ts'
import { hashOpaqueId, isOpaqueId, newOpaqueId } from '../login/opaque-id.ts'
import { sendPage } from '../pages/send-page.ts'
import type { PrismaClient } from '../registry/generated/client.ts'
import { after, LIFETIME } from '../registry/lifetimes.ts'
import { rechargePage } from './recharge-page.ts'

/** One-time links to the page where credit is bought: they can be shown and sent, and hold no key. */
export interface RechargeLinks {
  create(accountId: string): Promise<string>
}

export interface RechargeLinksDependencies {
  readonly prisma: PrismaClient
  readonly publicUrl: string
  readonly now: () => Date
}

export function createRechargeLinks({ prisma, publicUrl, now }: RechargeLinksDependencies): RechargeLinks {
  return {
    async create(accountId) {
      const id = newOpaqueId()
      const expiresAt = after(now(), LIFETIME.rechargeLink)
      await prisma.rechargeLink.create({ data: { idHash: hashOpaqueId(id), accountId, expiresAt } })
      return `${publicUrl}/recharge/${id}`
    },
  }
}

export interface RechargeRouteDependencies extends Omit<RechargeLinksDependencies, 'publicUrl'> {
  /** Where credit is bought for an account. */
  readonly rechargeUrl: (accountId: string) => Promise<string>
}

const expired = refusalPage('expiredRecharge', 410)

export function rechargeRoute({ prisma, rechargeUrl, now }: RechargeRouteDependencies): Route {
  return route({
    method: 'get',
    path: '/recharge/:id',
    summary: 'What a one-time recharge link opens',
    hidden: true,
    params: z.object({ id: z.string().max(100) }),
    async handle({ params: { id }, request, response }) {
      // Those who preview links ask so; the link is for the person who opens it.
      if (request.method === 'HEAD') return void response.status(200).type('html').end()
      if (!isOpaqueId(id)) return sendPage(response, expired)
      const where = { idHash: hashOpaqueId(id), expiresAt: { gt: now() } }
      const link = await prisma.rechargeLink.findFirst({ where })
      if (link === null) return sendPage(response, expired)
      // Where nothing can be bought now, the link is kept for later.
      const url = await rechargeUrl(link.accountId)
      const taken = await prisma.rechargeLink.deleteMany({ where })
      sendPage(response, taken.count === 0 ? expired : rechargePage(url))
    },
  })
}
