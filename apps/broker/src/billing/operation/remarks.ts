/**
 * What nobody can know by comparing the books with Odoo’s in-app purchase service, in the words of the API. Pages say it
 * in their reader's language.
 */
export const REMARKS = {
  noTransactions:
    'Odoo’s in-app purchase service lists no transactions: a hold whose answer was lost, and which ends by itself after two hours, cannot be seen from here. Nor can one whose row a restore took: what is missing within three hours of a restore may be held, and come back by itself.',
  noPurchases:
    'It does not tell what was bought: credit that was bought between two readings hides credit that left without a row here. Accounts that are read for the first time have nothing to be compared with.',
  noRefunds: 'It refunds and grants nothing: both are credits kept by this broker, which are spent first.',
}

export type RemarkWords = Readonly<Record<keyof typeof REMARKS, string>>

/** A remark in a reader's language. */
export function remarkIn(words: RemarkWords, remark: string): string {
  for (const code of ['noTransactions', 'noPurchases', 'noRefunds'] as const)
    if (remark === REMARKS[code]) return words[code]
  return remark
}
