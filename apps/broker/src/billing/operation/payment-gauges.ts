import type { Metrics } from '@odoo-backup/service'
import type { Pool } from 'pg'
import { OPEN_STATES, type OpenAttempts, openAttempts } from '../ledger/open-attempts.ts'

/** Figures by which an operator's alarm sees payments that stay open. Read from the books when they are asked for. */
export function addPaymentGauges(
  metrics: Pick<Metrics, 'gauge'>,
  {
    pool,
    now,
    onFailure,
  }: { readonly pool: Pool; readonly now: () => Date; readonly onFailure: (error: unknown) => void },
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
}
