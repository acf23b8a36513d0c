import type { Pool } from 'pg'
import { periodAt, periodOf } from '../plans/period.ts'
import { meanBytes, storagePrice } from '../plans/storage-price.ts'
import type { AccountPlan, AccountStanding } from './account-standing.ts'
import { dailySamples } from './open-periods.ts'

/** Thousandths of a credit. */
export interface AmountWanted {
  /** Due, without what may have been taken already. */
  readonly owed: number
  /** The base fee of the month that now runs and begins once what is owed is paid. */
  readonly coming: number
  /** Storage of the month before it, due at the same moment. */
  readonly storage: number
}

/** What an account needs so that everything goes on: what is due, and the month that then begins at once. */
export async function amountWanted(
  pool: Pool,
  standing: AccountStanding,
  plan: AccountPlan,
  now: Date,
): Promise<AmountWanted> {
  const { accountId, billing, period } = standing
  const owed = standing.owed - standing.inDoubt
  // While the plan is not known no month begins, and storage is due only with the next one.
  if (!plan.isKnown) return { owed, coming: 0, storage: 0 }
  const running = billing === undefined ? undefined : periodAt(billing.anchorAt, now)
  const isOpened = running === undefined || (period !== undefined && period.number >= running.number)
  if (isOpened) return { owed, coming: 0, storage: 0 }
  const coming = plan.creditsPerMonth
  if (billing === undefined || period === undefined) return { owed, coming, storage: 0 }
  const ended = periodOf(billing.anchorAt, period.number)
  const samples = await dailySamples(pool, accountId, ended.closesAt)
  const { includedGigabytes: includedGb, creditsPerFurtherGigabyte: furtherGbCredits } = period
  return {
    owed,
    coming,
    storage: storagePrice(meanBytes(samples, ended), { includedGb, furtherGbCredits }).amount,
  }
}
