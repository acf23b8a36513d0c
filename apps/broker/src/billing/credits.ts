/**
 * Credits are integers of 1/1000, so that sums are exact. A safe integer holds nine million million credits, far
 * more than the largest amount that is accepted.
 */
export const CREDIT = 1000

/** The largest amount of one movement: a thousand million credits. */
export const LARGEST_AMOUNT = 1_000_000_000 * CREDIT

/**
 * Credits as a person or a configuration writes them, such as 9.5, in thousandths. Undefined for what is no such
 * amount: not finite, finer than a thousandth, or larger than any payment.
 */
export function thousandths(credits: number): number | undefined {
  const amount = Math.round(credits * CREDIT)
  const isExact = Number.isFinite(credits) && Math.abs(amount / CREDIT - credits) < 1e-9
  return isExact && Math.abs(amount) <= LARGEST_AMOUNT ? amount : undefined
}

/** Thousandths as a number of credits, for the wire. */
export function credits(amount: number): number {
  return amount / CREDIT
}

/** Thousandths for people: `9.5`, `-3`, `0.125`. */
export function formatCredits(amount: number): string {
  const whole = Math.trunc(Math.abs(amount) / CREDIT)
  const rest = String(Math.abs(amount) % CREDIT)
    .padStart(3, '0')
    .replace(/0+$/, '')
  return `${amount < 0 ? '-' : ''}${whole}${rest === '' ? '' : `.${rest}`}`
}

/** Reads a bigint column. */
export function amountOf(text: string | number | bigint): number {
  const amount = Number(text)
  if (!Number.isSafeInteger(amount))
    throw new RangeError('An amount in the database is too large to be true.')
  return amount
}
