/**
 * What the broker itself writes beside a step of the books, a message of Stripe that waits, or billing that rests, by its
 * code. The texts are what is kept: rows are written once, and steps go by some of them, so that a text never changes.
 * Pages say them in their reader's language. `{}` stands for a value.
 */
export const NOTES = {
  insufficient_credit: 'insufficient_credit',
  refused: 'refused',
  unreachable: 'unreachable',
  unknown: 'unknown',
  capture_asked: 'capture asked for',
  capture_unanswered: 'capture unanswered',
  capture_refused: 'capture refused',
  capture_not_sent: 'capture not sent from books that rested',
  hold_lost: 'The process that asked for the hold ended before it had an answer.',
  hold_over: 'The hold, if there was one, has ended by itself.',
  hold_over_uncaptured: 'The hold ended by itself before it was captured.',
  not_captured: 'The payment service refused to capture it.',
  settled: 'settled by {}',
  no_account: 'the account that paid does not exist',
  no_purchase: 'no purchase of ours belongs to it (yet); apply it again later',
  unreadable: 'the message cannot be read',
  other_mode: 'the message is of the other mode (livemode)',
  other_type: 'messages of this type change nothing here',
  session_unreadable: 'the session names no account of ours or has no whole amount',
  nothing_paid: 'nothing was paid (payment_status {})',
  other_currency: 'paid in a currency that is not credited',
  wrong_amount: 'the amount is zero or too large',
  refund_unreadable: 'the refund cannot be read',
  refund_zero: 'the refunded amount is zero',
  dispute_unreadable: 'the dispute cannot be read',
  dispute_zero: 'the disputed amount is zero',
  refund: 'refund',
  dispute: 'dispute:{}',
  restored:
    'This database is not the one that billing last ran on, or was rolled back to an earlier state: it was restored, or a replica took over. Compare the books with the payment service (billing reconcile), apply revocations made since, then resume.',
  forgotten:
    'Redis, or the folder BROKER_STATE_FOLDER, was told how far the books had come, and knows of no books any more: it was lost or replaced, or this database was rolled back together with it. Compare the books with the payment service (billing reconcile), apply revocations made since, then resume.',
  unwitnessed:
    'What tells whether this database was rolled back while no broker ran cannot be read: Redis does not answer, or the file in BROKER_STATE_FOLDER is not readable; the log of the service says why. Billing goes on by itself when it can be read; where it never will, resume it by force.',
} as const

export type NoteCode = keyof typeof NOTES

/** Each note in a reader's language; those with a value, as `NOTES` has them, are made of it. */
export type NoteWords = { readonly [Code in NoteCode]: string | ((value: string) => string) }

const CODES: readonly (readonly [NoteCode, readonly string[]])[] = [
  ...Object.keys(NOTES).filter((name): name is NoteCode => name in NOTES),
].map(code => [code, NOTES[code].split('{}')])

/** A note as it is kept. */
export function noteText(code: NoteCode, value: string): string {
  return NOTES[code].replace('{}', () => value)
}

/** A kept note in a reader's language. What the broker did not write itself, such as an operator's reason, stays as it is. */
export function noteIn(words: NoteWords, text: string): string {
  for (const [code, [before = '', after]] of CODES) {
    const isIt =
      after === undefined
        ? text === before
        : text.length >= before.length + after.length && text.startsWith(before) && text.endsWith(after)
    if (!isIt) continue
    const word = words[code]
    return typeof word === 'string'
      ? word
      : word(text.slice(before.length, text.length - (after ?? '').length))
  }
  return text
}
