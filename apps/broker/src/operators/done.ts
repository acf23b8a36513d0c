/** What pages say of a change when they lead back from it: the address holds the word alone, so no text of others. */
const DONE = {
  suspended: 'The account is suspended: its instances get no credentials any more.',
  resumed: 'The account is served again.',
  purposes: 'What the instance may do was changed.',
  revoked: 'The instance is revoked for good.',
  given: 'The credit was given.',
  'given-before': 'This form had been sent before: the credit was given then, and not a second time.',
  refunded: 'The credit was given back.',
  'refunded-before': 'This form had been sent before: the credit was given back then, and not a second time.',
  plan: 'The plan is changed, from the next month on.',
  trial: 'The trial was extended.',
  grace: 'The time of grace was changed.',
  collected: 'What is due was asked for. How that went stands in the books.',
  settled: 'The charge was settled.',
  applied: 'The message was booked.',
  'still-aside': 'The message still cannot be booked: why stands beside it.',
  dismissed: 'The message was put aside: nothing is booked for it, however often it comes.',
  paused: 'Billing rests for all.',
  running: 'Billing runs again.',
} as const

export type Done = keyof typeof DONE

/** The address of the page that says so. */
export function saying(path: string, done: Done): string {
  return `${path}?done=${done}`
}

/** What a page says that was led to so; undefined for any word that is none of ours. */
export function doneSentence(word: string | undefined): string | undefined {
  return Object.entries(DONE).find(([name]) => name === word)?.[1]
}
