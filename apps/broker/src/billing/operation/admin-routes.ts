import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { notFound, type Route, route } from '@odoo-backup/service'
import type { Request } from 'express'
import { z } from 'zod'
import type { AdminAccess } from '../../admin/admin-access.ts'
import { page, pageOf, pageQuery } from '../../admin/paging.ts'
import { Reason } from '../../admin/reason.ts'
import type { AuditTrail } from '../../audit/audit-trail.ts'
import { AccountId } from '../../registry/ids.ts'
import { UsageDay, UsageDays, usageReport } from '../../usage/usage-report.ts'
import type { Renewal } from '../charging/renewal.ts'
import type { BillingControl } from '../control.ts'
import { AsideCursor, AsideMessage, asideMessages } from '../stripe/aside.ts'
import {
  AccountBalance,
  accountBalance,
  type BooksDependencies,
  LedgerLine,
  ledgerCsv,
  ledgerCursor,
  ledgerLines,
} from './account-books.ts'
import type { BillingChanges } from './changes.ts'
import { Reconciliation } from './reconciliation.ts'
import { MonthlyRevenue, revenueByMonth } from './revenue.ts'

export interface BillingAdminDependencies extends BooksDependencies {
  readonly access: AdminAccess
  readonly audit: AuditTrail
  readonly changes: BillingChanges
  readonly control: BillingControl
  readonly renewal: Renewal
}

const Account = z.object({ accountId: AccountId })
const { reason } = Reason.shape

/** `/admin/v1` on money, for the role billing. */
export function billingAdminRoutes(dependencies: BillingAdminDependencies): Route[] {
  const { access, audit, changes, control, pool } = dependencies
  const common = { tags: ['admin: billing'], security: 'bearer' as const, problems: [401, 403, 404, 429] }

  async function balance(accountId: string): Promise<AccountBalance> {
    const found = await accountBalance(dependencies, accountId)
    if (found === undefined) throw notFound()
    return found
  }

  /** Lets a look in and notes it: who, at what, and why. */
  async function look(
    request: Request,
    action: string,
    { reason, accountId }: { readonly reason: string; readonly accountId?: AccountId },
  ): Promise<void> {
    const by = await access.enter(request, 'billing')
    await audit.record({
      ...by,
      action: `billing.${action}`,
      outcome: 'done',
      reason,
      ...(accountId === undefined ? {} : { accountId }),
    })
  }

  /** A change of one account: its body, what it does, and how the account stands afterwards. */
  function changing<Body extends z.ZodObject>(
    name: string,
    summary: string,
    body: Body,
    work: (
      accountId: string,
      body: z.output<Body>,
      by: { actor: string; reason: string },
    ) => Promise<unknown>,
  ): Route {
    return route({
      ...common,
      method: 'post',
      path: `/admin/v1/accounts/:accountId/billing/${name}`,
      summary,
      params: Account,
      body: z.intersection(z.object({ reason }), body),
      answer: AccountBalance,
      problems: [...common.problems, 409],
      async handle({ params: { accountId }, body: asked, request }) {
        const by = await access.enter(request, 'billing')
        await work(accountId, asked, { ...by, reason: asked.reason })
        return balance(accountId)
      },
    })
  }

  const credits = z.object({
    credits: z.number().positive(),
    /** The same reference counts once for an account, however often the call is repeated. */
    reference: z.string().regex(/^[A-Za-z0-9._:-]{1,100}$/),
  })
  function giving(kind: 'grant' | 'refund', summary: string): Route {
    return route({
      ...common,
      method: 'post',
      path: `/admin/v1/accounts/:accountId/billing/${kind}`,
      summary,
      params: Account,
      body: credits.extend({ reason }),
      answer: AccountBalance.extend({
        /** False: this reference had been given before, and nothing was given now. */
        given: z.boolean(),
      }),
      problems: [...common.problems, 409],
      async handle({ params: { accountId }, body, request }) {
        const by = { ...(await access.enter(request, 'billing')), reason: body.reason }
        const given = await changes.addCredits(kind, accountId, body.credits, body.reference, by)
        return { ...(await balance(accountId)), given }
      },
    })
  }
  const until = z.object({ until: z.iso.datetime().transform(text => new Date(text)) })

  return [
    route({
      ...common,
      method: 'get',
      path: '/admin/v1/accounts/:accountId/billing',
      summary: 'Balance, plan and state of an account',
      params: Account,
      query: Reason,
      answer: AccountBalance,
      async handle({ params: { accountId }, query, request }) {
        await look(request, 'balance_read', { reason: query.reason, accountId })
        return balance(accountId)
      },
    }),
    route({
      ...common,
      method: 'get',
      path: '/admin/v1/accounts/:accountId/billing/ledger',
      summary: 'The books of an account, the newest line first',
      params: Account,
      query: Reason.extend(pageQuery(z.string().regex(/^[0-9]{1,16}\.[ck][0-9]{1,18}$/))),
      answer: pageOf(LedgerLine),
      async handle({ params: { accountId }, query, request }) {
        const { cursor, limit } = query
        await look(request, 'ledger_read', { reason: query.reason, accountId })
        const lines = await ledgerLines(pool, accountId, { cursor, limit: limit + 1 })
        return page(lines, limit, { item: line => line, cursor: ledgerCursor })
      },
    }),
    route({
      ...common,
      method: 'get',
      path: '/admin/v1/accounts/:accountId/billing/ledger.csv',
      summary: 'The books of an account as CSV, the newest line first',
      params: Account,
      query: Reason,
      produces: 'text/csv',
      async handle({ params: { accountId }, query, request, response }) {
        await look(request, 'ledger_exported', { reason: query.reason, accountId })
        response.attachment(`ledger-${accountId}.csv`).type('text/csv')
        await pipeline(Readable.from(ledgerCsv(pool, accountId)), response)
      },
    }),
    giving('grant', 'Give credits'),
    giving('refund', 'Give credits back for something that was paid'),
    changing(
      'plan',
      'Another plan, from the next month on',
      z.object({ plan: z.string() }),
      (accountId, asked, by) => changes.changePlan(accountId, asked.plan, by),
    ),
    changing('trial', 'A longer trial, while no month has begun', until, (accountId, asked, by) =>
      changes.extendTrial(accountId, asked.until, by),
    ),
    changing('grace', 'Longer grace', until, (accountId, asked, by) =>
      changes.extendGrace(accountId, asked.until, by),
    ),
    changing('run', 'Collect what is due now', z.object({}), (accountId, _asked, by) =>
      changes.run(accountId, by),
    ),
    route({
      ...common,
      method: 'get',
      path: '/admin/v1/accounts/:accountId/usage',
      summary: 'What an account stored, by day',
      params: Account,
      query: Reason.extend({ days: UsageDays }),
      answer: z.object({ items: z.array(UsageDay) }),
      async handle({ params: { accountId }, query, request }) {
        await look(request, 'usage_read', { reason: query.reason, accountId })
        return { items: await usageReport(pool, accountId, query.days) }
      },
    }),
    route({
      ...common,
      method: 'get',
      path: '/admin/v1/billing/revenue',
      summary: 'What was captured, by month (UTC)',
      query: Reason,
      answer: z.object({ items: z.array(MonthlyRevenue) }),
      async handle({ query, request }) {
        await look(request, 'revenue_read', { reason: query.reason })
        return { items: await revenueByMonth(pool) }
      },
    }),
    route({
      ...common,
      method: 'post',
      path: '/admin/v1/billing/reconcile',
      summary: 'Repeat what is not final and compare all sums',
      body: z.object({
        reason,
        /** Take balances from which credit is missing as they are from now on. */
        accept: z.boolean().default(false),
        /** Give what is missing back as kept credit. */
        creditMissing: z.boolean().default(false),
      }),
      answer: Reconciliation,
      async handle({ body, request }) {
        const by = await access.enter(request, 'billing')
        const { accept, creditMissing } = body
        return changes.reconcile({ accept, creditMissing }, { ...by, reason: body.reason })
      },
    }),
    route({
      ...common,
      method: 'post',
      path: '/admin/v1/billing/charges/:charge/settle',
      summary: 'End an attempt that stays in doubt, by what the payment service shows',
      params: z.object({ charge: z.string().regex(/^[0-9]{1,18}$/) }),
      body: z.object({ reason, as: z.enum(['captured', 'cancelled']) }),
      answer: z.object({ settled: z.enum(['captured', 'cancelled']) }),
      problems: [...common.problems, 409],
      async handle({ params: { charge }, body, request }) {
        const by = await access.enter(request, 'billing')
        await changes.settle(charge, body.as, { ...by, reason: body.reason })
        return { settled: body.as }
      },
    }),
    route({
      ...common,
      method: 'get',
      path: '/admin/v1/billing/stripe',
      summary:
        'Messages of Stripe that could not be applied, the oldest first; those of types that never are last',
      query: Reason.extend(pageQuery(AsideCursor)),
      answer: pageOf(AsideMessage),
      async handle({ query: { reason, cursor, limit }, request }) {
        await look(request, 'stripe_read', { reason })
        const messages = await asideMessages(pool, { cursor, limit: limit + 1 })
        return page(messages, limit, { item: message => message, cursor: ({ id }) => id })
      },
    }),
    ...(['apply', 'dismiss'] as const).map(verb =>
      route({
        ...common,
        method: 'post',
        path: `/admin/v1/billing/stripe/:event/${verb}`,
        summary: verb === 'apply' ? 'Try again to book a message' : 'Take a message off the list',
        params: z.object({ event: z.string().min(1).max(255) }),
        body: z.object({ reason }),
        answer: z.object({ booked: z.enum(['applied', 'aside', 'dismissed']) }),
        async handle({ params: { event }, body, request }) {
          const by = { ...(await access.enter(request, 'billing')), reason: body.reason }
          if (verb === 'apply')
            return {
              booked:
                (await changes.applyStripe(event, by)) === 'aside'
                  ? ('aside' as const)
                  : ('applied' as const),
            }
          await changes.dismissStripe(event, by)
          return { booked: 'dismissed' as const }
        },
      }),
    ),
    ...(['pause', 'resume'] as const).map(verb =>
      route({
        ...common,
        method: 'post',
        path: `/admin/v1/billing/${verb}`,
        summary: verb === 'pause' ? 'Stop billing for all; nobody is refused meanwhile' : 'Run billing again',
        body: z.object({
          reason,
          /** To resume on a restored database although not everything could be compared; say why as the reason. */
          force: z.boolean().default(false),
        }),
        problems: [...common.problems, 409],
        answer: z.object({ pausedReason: z.string().nullable() }),
        async handle({ body, request }) {
          const by = await access.enter(request, 'billing')
          await changes[verb]({ ...by, reason: body.reason }, body)
          return { pausedReason: (await control.pausedReason()) ?? null }
        },
      }),
    ),
  ]
}
