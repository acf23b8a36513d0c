import { REFUSAL_WORDS, type RefusalWords } from '../../http/refusal-words.ts'

/** What refusals say on pages, where other words than those of commands name what stands there. */
export const refusals: RefusalWords = {
  ...REFUSAL_WORDS,
  notWaiting: 'No message of this id waits any more, or it cannot be read.',
  notCompared:
    'This database was restored, or may have been, and its books were not compared since: compare the books first, or months may be paid twice. To run billing all the same, tick the box above “Run it again”.',
  leftOpen: left =>
    `This database was restored, or may have been, and months may be paid twice: the last comparison of the books left ${left}. Compare again when that has ended. Where the payment service cannot tell, look the accounts up there, then tick the box above “Run it again” and say why.`,
  left: {
    ...REFUSAL_WORDS.left,
    openPayments: accounts =>
      `${counted(accounts)} with a payment that is not final (most end by themselves within three hours, the rest are settled on the page of billing)`,
    missing: accounts =>
      `${counted(accounts)} from which credit is missing (the comparison gives it back, or takes the balances as they are, by its boxes)`,
  },
  notWitnessed:
    'How far these books had come cannot be read: Redis does not answer, or the file in BROKER_STATE_FOLDER is not readable, and they alone remember it. Run billing when they tell; where they never will, tick the box above “Run it again”.',
}

function counted(accounts: number): string {
  return `${accounts} ${accounts === 1 ? 'account' : 'accounts'}`
}
