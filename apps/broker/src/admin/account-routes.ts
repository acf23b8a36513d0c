import { type Route, route } from '@odoo-backup/service'
import { z } from 'zod'
import { recordingRefusals } from '../audit/recording-refusals.ts'
import { noSuchAccount } from '../http/refusals.ts'
import type { PrismaClient } from '../registry/generated/client.ts'
import { AccountId } from '../registry/ids.ts'
import type { AdminDependencies } from './admin-dependencies.ts'
import { AdminAccount, findAccount, findAccounts } from './find-accounts.ts'
import { pageOf, pageQuery } from './paging.ts'
import { Reason } from './reason.ts'

/** Accounts: find, look at, suspend and resume. */
export function accountRoutes(dependencies: AdminDependencies): Route[] {
  const { access, audit, prisma, standingChanges } = dependencies
  const common = { tags: ['admin: accounts'], security: 'bearer' as const, problems: [401, 403, 404, 429] }

  function changing(verb: 'suspend' | 'resume', summary: string): Route {
    return route({
      ...common,
      method: 'post',
      path: `/admin/v1/accounts/:accountId/${verb}`,
      summary,
      params: z.object({ accountId: AccountId }),
      body: Reason,
      answer: AdminAccount,
      async handle({ params: { accountId }, body: { reason }, request }) {
        const by = await access.enter(request, 'admin')
        if (!(await standingChanges[verb](accountId, { ...by, reason }))) throw noSuchAccount()
        return found(prisma, accountId)
      },
    })
  }

  return [
    route({
      ...common,
      method: 'get',
      path: '/admin/v1/accounts',
      summary: 'Find accounts by id, folder, subject, e-mail address or name',
      query: z.object({ search: z.string().trim().min(1).max(200).optional(), ...pageQuery(z.uuid()) }),
      answer: pageOf(AdminAccount),
      async handle({ query, request }) {
        const by = await access.enter(request, 'viewer')
        const found = await findAccounts(prisma, query)
        await audit.record({ ...by, action: 'admin.accounts_listed', outcome: 'done' })
        return found
      },
    }),
    route({
      ...common,
      method: 'get',
      path: '/admin/v1/accounts/:accountId',
      summary: 'Look at one account',
      params: z.object({ accountId: AccountId }),
      answer: AdminAccount,
      async handle({ params: { accountId }, request }) {
        const by = await access.enter(request, 'viewer')
        const look = { ...by, action: 'admin.account_read', accountId }
        const account = await recordingRefusals(audit, look, () => found(prisma, accountId))
        await audit.record({ ...look, outcome: 'done' })
        return account
      },
    }),
    changing('suspend', 'Stop vending to all instances of an account, within a second'),
    changing('resume', 'Serve a suspended account again'),
  ]
}

async function found(prisma: PrismaClient, id: AccountId): Promise<AdminAccount> {
  const account = await findAccount(prisma, id)
  if (account === undefined) throw noSuchAccount()
  return account
}
