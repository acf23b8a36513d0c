import { type HealthReport, type Route, route } from '@odoo-backup/service'
import { z } from 'zod'
import { findCredentials } from '../admin/find-credentials.ts'
import { actionsLike, findEvents, knownActions, RowCursor } from '../admin/find-events.ts'
import { page } from '../admin/paging.ts'
import { NO_REASON } from '../admin/reason.ts'
import type { AuditTrail } from '../audit/audit-trail.ts'
import type { BillingControl } from '../billing/control.ts'
import { openAttempts, stuckSince } from '../billing/ledger/open-attempts.ts'
import type { BooksDependencies } from '../billing/operation/account-books.ts'
import { doubtfulCharges } from '../billing/operation/doubtful-charges.ts'
import type { OwnWork } from '../billing/operation/own-work.ts'
import { revenueByMonth } from '../billing/operation/revenue.ts'
import { missingPlans } from '../billing/plans/missing-plans.ts'
import { isFree } from '../billing/plans/plan.ts'
import { AsideCursor, asideMessages } from '../billing/stripe/aside.ts'
import type { PrismaClient } from '../registry/generated/client.ts'
import { auditPage } from './audit-page.ts'
import { billingPage } from './billing-page.ts'
import { credentialsPage } from './credentials-page.ts'
import { sendOperatorPage } from './frame.ts'
import { healthPage } from './health-page.ts'
import { namesIn } from './names.ts'
import type { OperatorDoor } from './operator-door.ts'
import { readOverview } from './overview.ts'
import { AccountText, soughtAccount } from './sought-account.ts'

export interface LookingDependencies {
  readonly door: OperatorDoor
  readonly prisma: PrismaClient
  readonly audit: AuditTrail
  readonly books: BooksDependencies
  readonly control: Pick<BillingControl, 'rest' | 'pausedReason'>
  readonly health: () => Promise<HealthReport>
  readonly ownWork: OwnWork
}

/** How many rows a page of a list has. */
export const ROWS = 50
/** A field of a search form that was left empty is sent as an empty text. */
export const emptyIsNone = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess(value => (value === '' ? undefined : value), schema.optional())
/** The word by which a change led to the page. */
export const Said = { done: z.string().max(40).optional() }

/** The pages by which operators see: every look is in the audit trail, as a call of the admin API is. */
export function lookingRoutes(dependencies: LookingDependencies): Route[] {
  const { door, prisma, audit, books, control, health, ownWork } = dependencies
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
        const [report, overview, pausedReason, open, missing, goes, lateSamples] = await Promise.all([
          health(),
          readOverview(pool),
          control.pausedReason(),
          openAttempts(pool),
          missingPlans(pool, books.plans),
          ownWork.goes(),
          ownWork.lateSamples(),
        ])
        await audit.record({ ...operator.by, action: 'operator.health_read', outcome: 'done' })
        const body = healthPage(operator, {
          report,
          overview,
          pausedReason,
          isFree: isFree(books.plans),
          stuckSince: stuckSince(open, books.now()),
          missingPlans: missing,
          work: { goes, lateSamples },
        })
        sendOperatorPage(response, operator, { place: 'health', title: operator.words.places.health, body })
      },
    }),
    route({
      method: 'get',
      path: '/operator/credentials',
      summary: 'The credentials that were issued',
      hidden: true,
      query: z.object({ accountId: emptyIsNone(AccountText), cursor: RowCursor.optional() }),
      async handle({ query: { accountId: given, cursor }, request, response }) {
        const operator = await door.enter('viewer', request, response)
        if (operator === undefined) return
        const sought = given === undefined ? undefined : await soughtAccount(prisma, given)
        const accountId = sought?.id
        const found =
          sought !== undefined && accountId === undefined
            ? { items: [] }
            : await findCredentials(prisma, { accountId, cursor, limit: ROWS })
        const names = await namesIn(prisma, found.items)
        await audit.record({ ...operator.by, action: 'admin.credentials_listed', outcome: 'done' })
        const body = credentialsPage(operator, {
          sought,
          now: books.now(),
          names,
          cursor,
          ...found,
        })
        sendOperatorPage(response, operator, {
          place: 'credentials',
          title: operator.words.credentials.title,
          body,
        })
      },
    }),
    route({
      method: 'get',
      path: '/operator/billing',
      summary: 'Billing as a whole',
      hidden: true,
      query: z.object({ ...Said, cursor: AsideCursor.optional() }),
      async handle({ query: { done, cursor }, request, response }) {
        const operator = await door.enter('billing', request, response)
        if (operator === undefined) return
        const [rest, inDoubt, aside, revenue] = await Promise.all([
          control.rest(),
          doubtfulCharges(pool, books.now()),
          asideMessages(pool, { cursor, limit: ROWS + 1 }),
          revenueByMonth(pool),
        ])
        const names = await namesIn(prisma, inDoubt)
        await audit.record({
          ...operator.by,
          action: 'billing.overview_read',
          outcome: 'done',
          reason: NO_REASON,
        })
        const body = billingPage(operator, {
          rest,
          isFree: isFree(books.plans),
          inDoubt,
          names,
          aside: {
            cursor,
            ...page(aside, ROWS, { item: message => message, cursor: ({ id }) => id }),
          },
          revenue,
        })
        sendOperatorPage(response, operator, {
          place: 'billing',
          title: operator.words.billing.title,
          body,
          done,
        })
      },
    }),
    route({
      method: 'get',
      path: '/operator/audit',
      summary: 'What happened',
      hidden: true,
      query: z.object({
        accountId: emptyIsNone(AccountText),
        action: emptyIsNone(z.string().trim().max(100)),
        outcome: emptyIsNone(z.enum(['done', 'refused'])),
        cursor: RowCursor.optional(),
      }),
      async handle({ query: { accountId: given, action, outcome, cursor }, request, response }) {
        const operator = await door.enter('viewer', request, response)
        if (operator === undefined) return
        const [sought, known] = await Promise.all([
          given === undefined ? undefined : soughtAccount(prisma, given),
          knownActions(prisma),
        ])
        const accountId = sought?.id
        const actions = action === undefined ? undefined : actionsLike(known, action)
        const found =
          (sought !== undefined && accountId === undefined) || actions?.length === 0
            ? { items: [] }
            : await findEvents(prisma, { accountId, actions, outcome, cursor, limit: ROWS })
        const names = await namesIn(prisma, found.items)
        await audit.record({ ...operator.by, action: 'admin.audit_read', outcome: 'done' })
        const body = auditPage(operator, { sought, action, actions: known, outcome, names, cursor, ...found })
        sendOperatorPage(response, operator, { place: 'audit', title: operator.words.audit.title, body })
      },
    }),
  ]
}
