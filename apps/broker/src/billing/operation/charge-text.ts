import type { Messages } from '../../pages/messages/en.ts'
import { amountOf, formatCredits } from '../credits.ts'

/** What a charge was made of. */
export interface ChargeMade {
  readonly reason: 'base' | 'storage'
  /** Days of the month that it is for, and the plan that held in it. */
  readonly opens: string
  readonly closes: string
  readonly plan: string
  readonly includedGb: number
  readonly furtherGbCredits: string
  /** Thousandths. */
  readonly amount: string
}

/** Reads what a charge was made of, from `charge c` and its month, `billing_period p`. */
export const CHARGE_MADE = `c.reason, c.amount::text, p.plan, p.included_gb AS "includedGb",
  p.further_gb_credits::text AS "furtherGbCredits", to_char(p.opens_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS opens,
  to_char(p.closes_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS closes`

/**
 * A charge in the reader's language; undefined where it is to be said as it was written down, in English.
 *
 * @param currencyLabel what its credits are called, where nothing beside it says that
 */
export function chargeText(
  made: ChargeMade,
  { charge, number, currency }: Messages['credit'],
  currencyLabel?: string,
): string | undefined {
  const { reason, opens, closes, plan } = made
  if (reason === 'base') return charge.base(opens, closes, plan)
  const storage = storageCharge(made)
  if (storage === undefined) return undefined
  const each = number(storage.each)
  return charge.storage({
    ...storage,
    each: currencyLabel === undefined ? each : `${each} ${currency(currencyLabel)}`,
  })
}

/** The sum over its price, see `storagePrice`: a charge is for what is beyond the included alone. */
function storageCharge({ opens, closes, includedGb, furtherGbCredits, amount }: ChargeMade) {
  const each = amountOf(furtherGbCredits)
  const further = amountOf(amount) / each
  if (!Number.isInteger(further)) return undefined
  const [gigabytes, included] = [includedGb + further, includedGb]
  return { from: opens, to: closes, gigabytes, included, further, each: formatCredits(each) }
}
