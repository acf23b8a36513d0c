import { z } from 'zod'

/** What a comparison with the payment service left open: numbers of accounts. */
export const LeftOpen = z.object({
  /** With a payment that is not final, so that their balance says nothing yet. */
  openPayments: z.int().min(0),
  /** With a hold that came too late and has not ended yet, so that their balance says nothing yet. */
  lateHolds: z.int().min(0).default(0),
  /** Whose balance the payment service did not tell. */
  unanswered: z.int().min(0),
  /** Credit left them without a row here, and nobody has decided what becomes of it. */
  missing: z.int().min(0),
  /** Read for the first time: there is nothing that they could be compared with, now or later. */
  firstRead: z.int().min(0),
})
export type LeftOpen = z.infer<typeof LeftOpen>

/** Whether everything that can be compared was compared, and agrees. */
export function isSettled({ openPayments, lateHolds, unanswered, missing }: LeftOpen): boolean {
  return openPayments + lateHolds + unanswered + missing === 0
}

/** What is left open, in words for the operator. */
export function leftOpenText({ openPayments, lateHolds, unanswered, missing }: LeftOpen): string {
  const accounts = (count: number) => `${count} ${count === 1 ? 'account' : 'accounts'}`
  const parts = [
    openPayments > 0 &&
      `${accounts(openPayments)} with a payment that is not final (most end by themselves within three hours, the rest by billing settle)`,
    lateHolds > 0 &&
      `${accounts(lateHolds)} with a hold that came too late (it ends within three hours, mostly at once)`,
    unanswered > 0 && `${accounts(unanswered)} whose balance the payment service did not tell`,
    missing > 0 &&
      `${accounts(missing)} from which credit is missing (billing reconcile --credit-missing gives it back, --accept takes the balances as they are)`,
  ]
  return parts.filter(part => part !== false).join(', ')
}
