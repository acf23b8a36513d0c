import type { NoteWords } from '../../billing/notes.ts'

/** What the broker wrote beside a step of the books, a message of Stripe, or billing that rests. */
export const notes = {
  insufficient_credit: 'The credit does not suffice.',
  refused: 'The payment service refused it.',
  unreachable: 'The payment service could not be reached: nothing was asked of it.',
  unknown: 'The answer of the payment service was lost or makes no sense.',
  capture_asked: 'The payment service is asked to capture it.',
  capture_unanswered: 'The payment service did not say whether it captured it.',
  capture_refused: 'The payment service refused to capture it: what it holds is let go.',
  capture_not_sent:
    'The payment service could not be reached, so that it was not asked to capture it. What books that were restored lack nobody knows: it is asked again.',
  hold_lost: 'The process that asked for the hold ended before it had an answer.',
  hold_over: 'The hold, if there was one, has ended by itself.',
  hold_over_uncaptured: 'The hold ended by itself before it was captured.',
  not_captured: 'The payment service refused to capture it.',
  settled: (who: string) => `Settled by ${who}`,
  no_account: 'The account that paid does not exist.',
  no_purchase: 'No purchase of ours belongs to it (yet): book it again later.',
  unreadable: 'The message cannot be read.',
  other_mode: 'The message is of the other mode (livemode).',
  other_type: 'Messages of this type change nothing here.',
  session_unreadable: 'The session names no account of ours or has no whole amount.',
  nothing_paid: (status: string) => `Nothing was paid (payment_status ${status}).`,
  other_currency: 'It was paid in a currency that is not credited.',
  wrong_amount: 'The amount is zero or too large.',
  refund_unreadable: 'The refund cannot be read.',
  refund_zero: 'The refunded amount is zero.',
  dispute_unreadable: 'The dispute cannot be read.',
  dispute_zero: 'The disputed amount is zero.',
  refund: 'Refund',
  dispute: (id: string) => `Dispute ${id}`,
  restored:
    'This database is not the one that billing last ran on, or was rolled back to an earlier state: it was restored, or a replica took over. Compare the books with the payment service, apply revocations made since, then run billing again.',
  forgotten:
    'Redis, or the folder BROKER_STATE_FOLDER, was told how far the books had come, and knows of no books any more: it was lost or replaced, or this database was rolled back together with it. Compare the books with the payment service, apply revocations made since, then run billing again.',
  unwitnessed:
    'What tells whether this database was rolled back while no broker ran cannot be read: Redis does not answer, or the file in BROKER_STATE_FOLDER is not readable; the log of the service says why. Billing goes on by itself when it can be read; where it never will, run it again by force.',
} satisfies NoteWords
