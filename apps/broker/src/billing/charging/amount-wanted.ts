import { periodAt } from '../plans/period.ts'
import type { Plan } from '../plans/plan.ts'
import type { AccountStanding } from './account-standing.ts'

/** Thousandths of a credit. */
export interface AmountWanted {
  readonly owed: number
  /** The base fee of the month that now runs and begins once what is owed is paid. */
  readonly coming: number
}

/** What an account needs so that everything goes on: what is due, and the month that then begins at once. */
export function amountWanted(
  { billing, period, owed }: AccountStanding,
  plan: Plan,
  now: Date,
): AmountWanted {
  const running = billing === undefined ? undefined : periodAt(billing.anchorAt, now)
  const isOpened = running === undefined || (period !== undefined && period.number >= running.number)
  return { owed, coming: isOpened ? 0 : plan.creditsPerMonth }
}
