import { type Route, route } from '@odoo-backup/service'
import type { Request } from 'express'
import type { Pool } from 'pg'
import { z } from 'zod'
import { UsageDay, UsageDays, usageReport } from './usage-report.ts'

export interface UsageRouteDependencies {
  readonly pool: Pool
  readonly approvedInstance: (request: Request) => Promise<{ readonly accountId: string }>
}

/** `GET /v1/usage`: what the account stores, by day, as the store itself says. */
export function usageRoute({ pool, approvedInstance }: UsageRouteDependencies): Route {
  return route({
    method: 'get',
    path: '/v1/usage',
    summary: 'What the account stores, by day, the oldest first',
    tags: ['Account'],
    security: 'bearer',
    query: z.object({ days: UsageDays }),
    answer: z.object({ days: z.array(UsageDay) }),
    problems: [401, 403, 429],
    async handle({ query: { days }, request }) {
      const { accountId } = await approvedInstance(request)
      return { days: await usageReport(pool, accountId, days) }
    },
  })
}
