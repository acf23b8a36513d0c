import type { UserKey } from '@odoo-backup/protocol'
import { clientAddress, type Route, route } from '@odoo-backup/service'
import { z } from 'zod'
import { rechargePage } from '../account/recharge-page.ts'
import type { AuditTrail } from '../audit/audit-trail.ts'
import type { RateLimit } from '../http/rate-limit.ts'
import { refusalPage } from '../login/login-pages.ts'
import { whoHas } from '../login/who-has.ts'
import { sendPage } from '../pages/send-page.ts'
import type { Standing } from '../registry/instances.ts'
import { oldKey } from './old-key.ts'

export interface OpenRechargeDependencies {
  readonly instances: { standing(userKey: UserKey): Promise<Standing> }
  readonly audit: AuditTrail
  /** Where credit is bought for an account. */
  readonly rechargeUrl: (accountId: string) => Promise<string>
  readonly keyLimit: RateLimit<UserKey>
}

/** `GET /open_iap_recharge`, which the former Odoo module opens in a browser. */
export function openRechargeRoute(dependencies: OpenRechargeDependencies): Route {
  const { instances, audit, rechargeUrl, keyLimit } = dependencies
  return route({
    method: 'get',
    path: '/open_iap_recharge',
    summary: 'Leads to the page where credit is bought, as the former Odoo module opens it',
    tags: ['Former module'],
    query: z.object({ user_key: z.string().max(10_000) }),
    produces: 'text/html',
    problems: [429],
    async handle({ query, request, response }) {
      const userKey = oldKey(query.user_key)
      await keyLimit.take(userKey)
      const standing = await instances.standing(userKey)
      if (standing.state !== 'approved') {
        await audit.record({
          action: 'recharge.opened',
          outcome: 'refused',
          reason: standing.state,
          ...whoHas(standing),
          address: clientAddress(request),
        })
        return sendPage(response, words => ({
          ...refusalPage('noAccount', 404)(words),
          isSwitchable: false,
        }))
      }
      sendPage(response, rechargePage(await rechargeUrl(standing.accountId)))
    },
  })
}
