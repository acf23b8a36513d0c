import type { PaymentProvider } from '../providers/payment-provider.ts'

/** Added to the life of a hold, for clocks that differ. */
export const HOLD_MARGIN_MS = 5 * 60_000

/** Longer than any payment service that there is, or was, holds. */
export const LONGEST_HOLD_MS = 3 * 3_600_000

/**
 * Whether a hold that was made at `since`, or before, has certainly ended by itself.
 *
 * @param provider undefined: it is not set up any more, so that the longest life counts
 */
export function isHoldOver(
  since: Date | undefined,
  provider: Pick<PaymentProvider, 'holdSeconds'> | undefined,
  now: Date,
): boolean {
  const life = provider === undefined ? LONGEST_HOLD_MS : provider.holdSeconds * 1000 + HOLD_MARGIN_MS
  return now.getTime() - (since?.getTime() ?? 0) >= life
}
