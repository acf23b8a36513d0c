import type { PaymentProvider } from '../providers/payment-provider.ts'

/** Added to the life of a hold, for clocks that differ. */
export const HOLD_MARGIN_MS = 5 * 60_000

/** Whether a hold that was made at `since`, or before, has certainly ended by itself. */
export function isHoldOver(
  since: Date | undefined,
  { holdSeconds }: Pick<PaymentProvider, 'holdSeconds'>,
  now: Date,
): boolean {
  return now.getTime() - (since?.getTime() ?? 0) >= holdSeconds * 1000 + HOLD_MARGIN_MS
}
