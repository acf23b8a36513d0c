import { route } from '@odoo-backup/service'
import { z } from 'zod'
import type { BillingChanges } from '../billing/operation/changes.ts'
import { AccountId } from '../registry/ids.ts'
import { type By, ChangeForm, type Changer } from './change.ts'
import { type Done, saying } from './done.ts'
import type { MoneyForm } from './refused-forms.ts'

export interface ChangingCreditDependencies {
  readonly change: Changer
  readonly billingChanges: BillingChanges
}

const Account = z.object({ accountId: AccountId })
/** One reference for each time the page is opened: a form that is sent twice gives once. */
const Credits = ChangeForm.extend({
  credits: z.coerce.number().positive().max(1_000_000),
  reference: z.uuid(),
})
const Until = ChangeForm.extend({
  until: z.iso.date('Give a day such as 2026-12-31.').transform(endOfDay),
})

/** The forms by which operators change what an account has, owes and is offered. */
export function changingCredit({ change, billingChanges }: ChangingCreditDependencies): MoneyForm[] {
  function form<Body extends z.ZodType<z.output<typeof ChangeForm>>>(
    verb: string,
    action: string,
    summary: string,
    body: Body,
    work: (accountId: AccountId, given: z.output<Body>, by: By) => Promise<Done>,
  ): MoneyForm {
    const sent = route({
      method: 'post',
      path: `/operator/accounts/:accountId/${verb}`,
      summary,
      hidden: true,
      params: Account,
      body,
      handle({ params: { accountId }, body: given, request, response }) {
        const from = `/operator/accounts/${accountId}`
        return change(
          {
            atLeast: 'billing',
            form: given,
            place: 'accounts',
            from,
            work: async by => saying(from, await work(accountId, given, by)),
          },
          request,
          response,
        )
      },
    })
    return { ...sent, action: `billing.${action}` }
  }

  return [
    form('grant', 'grant', 'Gives credit', Credits, async (id, { credits, reference }, by) =>
      (await billingChanges.addCredits('grant', id, credits, reference, by)) ? 'given' : 'given-before',
    ),
    form('refund', 'refund', 'Gives credit back', Credits, async (id, { credits, reference }, by) =>
      (await billingChanges.addCredits('refund', id, credits, reference, by))
        ? 'refunded'
        : 'refunded-before',
    ),
    form(
      'plan',
      'plan_changed',
      'Another plan, from the next month on',
      ChangeForm.extend({ plan: z.string().max(40) }),
      async (id, given, by) => {
        await billingChanges.changePlan(id, given.plan, by)
        return 'plan'
      },
    ),
    form('trial', 'trial_extended', 'A longer trial', Until, async (id, { until }, by) => {
      await billingChanges.extendTrial(id, until, by)
      return 'trial'
    }),
    form('grace', 'grace_extended', 'Longer grace', Until, async (id, { until }, by) => {
      await billingChanges.extendGrace(id, until, by)
      return 'grace'
    }),
    form('run', 'run', 'Collects what is due now', ChangeForm, async (id, _given, by) => {
      await billingChanges.run(id, by)
      return 'collected'
    }),
  ]
}

/** Days are whole ones, in UTC as all of billing is. */
function endOfDay(day: string): Date {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000)
}
