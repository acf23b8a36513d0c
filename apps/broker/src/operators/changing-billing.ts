import { route } from '@odoo-backup/service'
import { z } from 'zod'
import type { BillingChanges } from '../billing/operation/changes.ts'
import type { PrismaClient } from '../registry/generated/client.ts'
import { type By, ChangeForm, type Changer } from './change.ts'
import { saying } from './done.ts'
import { sendOperatorPage } from './frame.ts'
import { NO_NAMES, namesIn } from './names.ts'
import { accountsOf, reconciledPage } from './reconciled-page.ts'
import type { MoneyForm } from './refused-forms.ts'

export interface ChangingBillingDependencies {
  readonly change: Changer
  readonly billingChanges: BillingChanges
  readonly prisma: PrismaClient
}

const PAGE = '/operator/billing'
/** A box that was ticked. */
const Ticked = z
  .literal('true')
  .optional()
  .transform(value => value === 'true')

/** The forms by which operators run billing as a whole, and settle what it cannot settle by itself. */
export function changingBilling({
  change,
  billingChanges,
  prisma,
}: ChangingBillingDependencies): MoneyForm[] {
  const common = { method: 'post' as const, hidden: true }
  const about = { atLeast: 'billing' as const, place: 'billing' as const, from: PAGE }

  return [
    {
      ...route({
        ...common,
        path: `${PAGE}/pause`,
        summary: 'Stops billing for all',
        body: ChangeForm,
        handle({ body: form, request, response }) {
          const work = async (by: By) => {
            await billingChanges.pause(by)
            return saying(PAGE, 'paused')
          }
          return change({ ...about, form, work }, request, response)
        },
      }),
      action: 'billing.paused',
    },
    {
      ...route({
        ...common,
        path: `${PAGE}/resume`,
        summary: 'Runs billing again',
        body: ChangeForm.extend({ force: Ticked }),
        handle({ body: form, request, response }) {
          const work = async (by: By) => {
            await billingChanges.resume(by, { force: form.force })
            return saying(PAGE, 'running')
          }
          return change({ ...about, form, work }, request, response)
        },
      }),
      action: 'billing.resumed',
    },
    {
      ...route({
        ...common,
        path: `${PAGE}/reconcile`,
        summary: 'Compares the books',
        body: ChangeForm.extend({ accept: Ticked, creditMissing: Ticked }),
        handle({ body: form, request, response }) {
          const { accept, creditMissing } = form
          return change(
            {
              ...about,
              form,
              async work(by, operator) {
                const found = await billingChanges.reconcile({ accept, creditMissing }, by)
                // What was done is told, also where nobody can be named.
                const names = await namesIn(prisma, accountsOf(found)).catch(() => NO_NAMES)
                const body = reconciledPage(found, operator.words, names)
                const { title } = operator.words.compared
                sendOperatorPage(response, operator, { place: 'billing', title, body })
                return undefined
              },
            },
            request,
            response,
          )
        },
      }),
      action: 'billing.reconciled',
    },
    {
      ...route({
        ...common,
        path: `${PAGE}/charges/:charge/settle`,
        summary: 'Ends an attempt that stays in doubt',
        params: z.object({ charge: z.string().regex(/^[0-9]{1,18}$/) }),
        body: ChangeForm.extend({ as: z.enum(['captured', 'cancelled']) }),
        handle({ params: { charge }, body: form, request, response }) {
          const work = async (by: By) => {
            await billingChanges.settle(charge, form.as, by)
            return saying(PAGE, 'settled')
          }
          return change({ ...about, form, work }, request, response)
        },
      }),
      action: 'billing.settled',
    },
    ...(['apply', 'dismiss'] as const).map(verb => ({
      ...route({
        ...common,
        path: `${PAGE}/stripe/${verb}`,
        summary:
          verb === 'apply' ? 'Tries again to book a message of Stripe' : 'Puts a message of Stripe aside',
        body: ChangeForm.extend({ event: z.string().min(1).max(255) }),
        handle({ body: form, request, response }) {
          const work = async (by: By) => {
            if (verb === 'apply') {
              const booked = await billingChanges.applyStripe(form.event, by)
              return saying(PAGE, booked === 'aside' ? 'still-aside' : 'applied')
            }
            await billingChanges.dismissStripe(form.event, by)
            return saying(PAGE, 'dismissed')
          }
          return change({ ...about, form, work }, request, response)
        },
      }),
      action: verb === 'apply' ? 'billing.stripe_applied' : 'billing.stripe_dismissed',
    })),
  ]
}
