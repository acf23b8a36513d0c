import { type HealthReport, notFound, type Route, route } from '@odoo-backup/service'
import { z } from 'zod'
import { findAccount, findAccounts } from '../admin/find-accounts.ts'
import { findEvents, RowCursor } from '../admin/find-events.ts'
import { findInstances } from '../admin/find-instances.ts'
import { page } from '../admin/paging.ts'
import type { AuditTrail } from '../audit/audit-trail.ts'
import type { BillingControl } from '../billing/control.ts'
import {
  accountBalance,
  type BooksDependencies,
  ledgerCursor,
  ledgerLines,
} from '../billing/operation/account-books.ts'
import type { PrismaClient } from '../registry/generated/client.ts'
import { AccountId } from '../registry/ids.ts'
import { usageReport } from '../usage/usage-report.ts'
import { operatorAccountPage } from './account-page.ts'
import { accountsPage } from './accounts-page.ts'
import { auditPage } from './audit-page.ts'
import { ledgerPage, usagePage } from './books-pages.ts'
import { sendOperatorPage } from './frame.ts'
import { healthPage } from './health-page.ts'
import { includes, type OperatorDoor } from './operator-door.ts'
import { readOverview } from './overview.ts'

export interface LookingDependencies {
  readonly door: OperatorDoor
  readonly prisma: PrismaClient
  readonly audit: AuditTrail
  readonly books: BooksDependencies
  readonly control: Pick<BillingControl, 'pausedReason'>
  readonly health: () => Promise<HealthReport>
}

const ROWS = 50
const USAGE_DAYS = 90
/** A field of a search form that was left empty is sent as an empty text. */
const emptyIsNone = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess(value => (value === '' ? undefined : value), schema.optional())
const Account = z.object({ accountId: AccountId })
const UuidCursor = z.object({ cursor: z.uuid().optional() })
const LedgerCursor = z.object({
  cursor: z
    .string()
    .regex(/^[0-9]{1,16}\.[ck][0-9]{1,18}$/)
    .optional(),
})

/** The pages by which operators see: every look is in the audit trail, as a call of the admin API is. */
export function lookingRoutes(dependencies: LookingDependencies): Route[] {
  const { door, prisma, audit, books, control, health } = dependencies
  const { pool } = books

  return [
    route({
      method: 'get',
      path: '/operator',
      summary: 'How the service is',
      hidden: true,
      async handle({ request, response }) {
        const operator = await door.enter('viewer', request, response)
        if (operator === undefined) return
        const [report, overview, pausedReason] = await Promise.all([
          health(),
          readOverview(pool),
          control.pausedReason(),
        ])
        await audit.record({ ...operator.by, action: 'operator.health_read', outcome: 'done' })
        const body = healthPage(operator, { report, overview, pausedReason })
        sendOperatorPage(response, operator, { place: 'health', title: 'Health', body })
      },
    }),
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
        const body = accountsPage({ search: query.search, ...found })
        sendOperatorPage(response, operator, { place: 'accounts', title: 'Accounts', body })
      },
    }),
    route({
      method: 'get',
      path: '/operator/accounts/:accountId',
      summary: 'One account',
      hidden: true,
      params: Account,
      query: UuidCursor,
      async handle({ params: { accountId }, query: { cursor }, request, response }) {
        const operator = await door.enter('viewer', request, response)
        if (operator === undefined) return
        const account = await findAccount(prisma, accountId)
        if (account === undefined) throw notFound()
        const [instances, balance] = await Promise.all([
          findInstances(prisma, { accountId, cursor, limit: ROWS }),
          includes(operator.role, 'billing') ? accountBalance(books, accountId) : undefined,
        ])
        await audit.record({ ...operator.by, action: 'admin.account_read', outcome: 'done', accountId })
        const body = operatorAccountPage(operator, { account, instances, balance })
        const title = account.email ?? account.displayName ?? `Account ${account.folder}`
        sendOperatorPage(response, operator, { place: 'accounts', title, body })
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
        const lines = await ledgerLines(pool, accountId, { cursor, limit: ROWS + 1 })
        await audit.record({ ...operator.by, action: 'billing.ledger_read', outcome: 'done', accountId })
        const found = page(lines, ROWS, { item: line => line, cursor: ledgerCursor })
        sendOperatorPage(response, operator, {
          place: 'accounts',
          title: 'Books',
          body: ledgerPage(accountId, found),
        })
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
        const days = await usageReport(pool, accountId, USAGE_DAYS)
        await audit.record({ ...operator.by, action: 'billing.usage_read', outcome: 'done', accountId })
        sendOperatorPage(response, operator, {
          place: 'accounts',
          title: 'Storage',
          body: usagePage(accountId, days),
        })
      },
    }),
    route({
      method: 'get',
      path: '/operator/audit',
      summary: 'What happened',
      hidden: true,
      query: z.object({
        accountId: emptyIsNone(AccountId),
        action: emptyIsNone(z.string().trim().max(100)),
        outcome: emptyIsNone(z.enum(['done', 'refused'])),
        cursor: RowCursor.optional(),
      }),
      async handle({ query, request, response }) {
        const operator = await door.enter('viewer', request, response)
        if (operator === undefined) return
        const found = await findEvents(prisma, { ...query, limit: ROWS })
        await audit.record({ ...operator.by, action: 'admin.audit_read', outcome: 'done' })
        const { accountId, action, outcome } = query
        const body = auditPage({ accountId, action, outcome, ...found })
        sendOperatorPage(response, operator, { place: 'audit', title: 'Audit log', body })
      },
    }),
  ]
}
