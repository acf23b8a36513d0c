import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { html, type Route, route } from '@odoo-backup/service'
import { z } from 'zod'
import { type AdminAccount, findAccount, findAccounts } from '../admin/find-accounts.ts'
import { findInstances } from '../admin/find-instances.ts'
import { page } from '../admin/paging.ts'
import { NO_REASON } from '../admin/reason.ts'
import type { AuditEvent } from '../audit/audit-trail.ts'
import { recordingRefusals } from '../audit/recording-refusals.ts'
import { ledgerCsv, ledgerCursor, ledgerLines } from '../billing/operation/account-books.ts'
import { accountOutlook } from '../billing/operation/account-outlook.ts'
import { noSuchAccount } from '../http/refusals.ts'
import { mailAddress } from '../pages/line-ends.ts'
import { AccountId } from '../registry/ids.ts'
import { usageReport } from '../usage/usage-report.ts'
import { operatorAccountPage } from './account-page.ts'
import { accountsPage } from './accounts-page.ts'
import { ledgerPage, usagePage } from './books-pages.ts'
import { sendOperatorPage } from './frame.ts'
import { emptyIsNone, type LookingDependencies, ROWS, Said } from './looking.ts'
import { accountName, namesIn } from './names.ts'
import { includes } from './roles.ts'

const USAGE_DAYS = 90
const Account = z.object({ accountId: AccountId })
const UuidCursor = z.object({ cursor: z.uuid().optional() })
const LedgerCursor = z.object({
  cursor: z
    .string()
    .regex(/^[0-9]{1,16}\.[ck][0-9]{1,18}$/)
    .optional(),
})

type LookAtAccount = Omit<AuditEvent, 'outcome' | 'reason'> & { readonly accountId: AccountId }

/** The pages by which operators see accounts, their instances, books and storage. */
export function lookingAtAccounts(dependencies: LookingDependencies): Route[] {
  const { door, prisma, audit, books, ownWork } = dependencies
  const { pool } = books

  /** The account that is looked at; that there is none stands in the audit log. */
  const existing = (look: LookAtAccount): Promise<AdminAccount> =>
    recordingRefusals(audit, look, async () => {
      const found = await findAccount(prisma, look.accountId)
      if (found === undefined) throw noSuchAccount()
      return found
    })

  return [
    route({
      method: 'get',
      path: '/operator/accounts',
      summary: 'Finds accounts',
      hidden: true,
      query: UuidCursor.extend({ search: emptyIsNone(z.string().trim().max(200)) }),
      async handle({ query, request, response }) {
        const operator = await door.enter('viewer', request, response)
        if (operator === undefined) return
        const found = await findAccounts(prisma, { ...query, limit: ROWS })
        await audit.record({ ...operator.by, action: 'admin.accounts_listed', outcome: 'done' })
        const body = accountsPage(operator.words, { ...query, ...found })
        sendOperatorPage(response, operator, {
          place: 'accounts',
          title: operator.words.places.accounts,
          body,
        })
      },
    }),
    route({
      method: 'get',
      path: '/operator/accounts/:accountId',
      summary: 'One account',
      hidden: true,
      params: Account,
      query: UuidCursor.extend(Said),
      async handle({ params: { accountId }, query: { cursor, done }, request, response }) {
        const operator = await door.enter('viewer', request, response)
        if (operator === undefined) return
        const look = { ...operator.by, action: 'admin.account_read', accountId }
        const account = await existing(look)
        const [instances, balance, isPaused] = await Promise.all([
          findInstances(prisma, { accountId, cursor, limit: ROWS }),
          includes(operator.role, 'billing') ? accountOutlook(books, accountId) : undefined,
          books.isPaused(),
        ])
        await audit.record({
          ...look,
          outcome: 'done',
          ...(balance === undefined ? {} : { reason: NO_REASON }),
        })
        const body = operatorAccountPage(operator, {
          account,
          instances: { cursor, ...instances },
          balance,
          plans: books.plans.names,
          isPaused,
          now: books.now(),
        })
        const title = accountName(account)
        const heading = html`<bdi>${mailAddress(title)}</bdi>`
        sendOperatorPage(response, operator, { place: 'accounts', title, heading, body, done })
      },
    }),
    route({
      method: 'get',
      path: '/operator/accounts/:accountId/ledger',
      summary: 'The books of an account',
      hidden: true,
      params: Account,
      query: LedgerCursor,
      async handle({ params: { accountId }, query: { cursor }, request, response }) {
        const operator = await door.enter('billing', request, response)
        if (operator === undefined) return
        const look = { ...operator.by, action: 'billing.ledger_read', accountId }
        const account = await existing(look)
        const lines = await ledgerLines(pool, accountId, { cursor, limit: ROWS + 1 })
        await audit.record({ ...look, outcome: 'done', reason: NO_REASON })
        const found = page(lines, ROWS, { item: line => line, cursor: ledgerCursor })
        const names = await namesIn(prisma, found.items)
        sendOperatorPage(response, operator, {
          place: 'accounts',
          title: operator.words.books.title,
          body: ledgerPage(
            operator,
            { id: accountId, name: accountName(account) },
            { names, cursor, ...found },
          ),
        })
      },
    }),
    route({
      method: 'get',
      path: '/operator/accounts/:accountId/ledger.csv',
      summary: 'The books of an account for a spreadsheet',
      hidden: true,
      params: Account,
      async handle({ params: { accountId }, request, response }) {
        const operator = await door.enter('billing', request, response)
        if (operator === undefined) return
        await audit.record({
          ...operator.by,
          action: 'billing.ledger_exported',
          outcome: 'done',
          reason: NO_REASON,
          accountId,
        })
        response.setHeader('Cache-Control', 'no-store')
        response.attachment(`ledger-${accountId}.csv`).type('text/csv')
        await pipeline(Readable.from(ledgerCsv(pool, accountId)), response)
      },
    }),
    route({
      method: 'get',
      path: '/operator/accounts/:accountId/usage',
      summary: 'What an account stores',
      hidden: true,
      params: Account,
      async handle({ params: { accountId }, request, response }) {
        const operator = await door.enter('billing', request, response)
        if (operator === undefined) return
        const look = { ...operator.by, action: 'billing.usage_read', accountId }
        const account = await existing(look)
        const days = await usageReport(pool, accountId, USAGE_DAYS)
        await audit.record({ ...look, outcome: 'done', reason: NO_REASON })
        sendOperatorPage(response, operator, {
          place: 'accounts',
          title: operator.words.usage.title,
          body: usagePage(
            operator.words,
            { id: accountId, name: accountName(account) },
            {
              days,
              isCounted: ownWork.isUsageCounted,
            },
          ),
        })
      },
    }),
  ]
}
