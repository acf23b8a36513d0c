import type { Metrics } from '@odoo-backup/service'
import type { Pool } from 'pg'
import type { BillingControl, RestCause } from '../control.ts'
import { type LateHoldCount, lateHoldCounts } from '../ledger/late-holds.ts'
import { OPEN_STATES, type OpenAttempts, openAttempts } from '../ledger/open-attempts.ts'
import { missingPlans } from '../plans/missing-plans.ts'
import type { Plans } from '../plans/plan.ts'
import type { PaymentProvider } from '../providers/payment-provider.ts'

/**
 * Figures by which an operator's alarm sees payments that stay open, holds that are still to be given back, plans that
 * the settings lack, and that billing rests. Read from the books when they are asked for.
 */
export function addPaymentGauges(
  metrics: Pick<Metrics, 'gauge'>,
  {
    pool,
    plans,
    provider,
    control,
    now,
    onFailure,
  }: {
    readonly pool: Pool
    readonly plans: Plans
    /** Through which new payments go. */
    readonly provider: Pick<PaymentProvider, 'name'>
    readonly control: Pick<BillingControl, 'rest'>
    readonly now: () => Date
    readonly onFailure: (error: unknown) => void
  },
): void {
  const byState = (figure: (of: OpenAttempts) => number) => async () => {
    const open = await openAttempts(pool)
    return Object.fromEntries(
      OPEN_STATES.map(state => {
        const found = open.find(one => one.state === state)
        return [state, found === undefined ? 0 : figure(found)]
      }),
    )
  }
  metrics.gauge({
    name: 'open_payments',
    help: 'Attempts to collect a charge that are not final, by their last step.',
    label: 'state',
    read: byState(({ count }) => count),
    onFailure,
  })
  metrics.gauge({
    name: 'open_payment_oldest_seconds',
    help: 'How long ago the oldest attempt that is not final was begun, by its last step; 0 where there is none.',
    label: 'state',
    read: byState(({ since }) => Math.max(0, (now().getTime() - Date.parse(since)) / 1000)),
    onFailure,
  })
  const byProvider = (figure: (of: LateHoldCount) => number) => async () => {
    const held = await lateHoldCounts(pool)
    return { [provider.name]: 0, ...Object.fromEntries(held.map(one => [one.provider, figure(one)])) }
  }
  metrics.gauge({
    name: 'late_holds',
    help: 'Holds that a payment service made after their attempts had ended, and that were not given back yet.',
    label: 'provider',
    read: byProvider(({ count }) => count),
    onFailure,
  })
  metrics.gauge({
    name: 'late_hold_oldest_seconds',
    help: 'How long ago the oldest hold that is still to be given back was made; 0 where there is none.',
    label: 'provider',
    read: byProvider(({ since }) => Math.max(0, (now().getTime() - since.getTime()) / 1000)),
    onFailure,
  })
  metrics.gauge({
    name: 'missing_plan_accounts',
    help: 'Accounts on a plan that the settings lack: nothing new is charged to them. Absent where no plan is missing.',
    label: 'plan',
    read: async () =>
      Object.fromEntries((await missingPlans(pool, plans)).map(({ plan, accounts }) => [plan, accounts])),
    onFailure,
  })
  metrics.gauge({
    name: 'billing_paused',
    help: 'Whether billing rests for all: by an operator, since the database was restored or may have been, or until its witness tells whether it was.',
    label: 'cause',
    async read() {
      const rest = await control.rest()
      const is = (cause: RestCause) => (rest?.cause === cause ? 1 : 0)
      return { operator: is('operator'), restored: is('restored'), unwitnessed: is('unwitnessed') }
    },
    onFailure,
  })
}
