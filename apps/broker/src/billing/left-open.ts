import { z } from 'zod'
import type { RefusalWords } from '../http/refusal-words.ts'

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

const LEFT = ['openPayments', 'lateHolds', 'unanswered', 'missing'] as const

/** What is left open, in words for the operator. */
export function leftOpenText(left: LeftOpen, words: Pick<RefusalWords, 'left'>): string {
  return LEFT.filter(what => left[what] > 0)
    .map(what => words.left[what](left[what]))
    .join(', ')
}
