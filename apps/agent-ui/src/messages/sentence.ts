import type { CodedText, FailureView } from '@odoo-backup/protocol'
import type { Messages } from './en/index.ts'

/** A failure in few words: the reader's where its code is known, else the agent's own. */
export function shortFailure(failures: Messages['failures'], { code, message }: FailureView): string {
  return failures.ofCode(code) || message
}

/** Why it is so, in the reader's language as far as its code is known; empty where there is no failure. */
export function causeOf(
  failures: Messages['failures'],
  { failure }: CodedText & { readonly failure?: FailureView },
): string {
  return failure === undefined ? '' : failures.ofCode(failure.code)
}

/** Of the last word at most so much is left out, in characters: what has no words is cut anywhere. */
const LONG_WORD = 40

/** At most so many characters of a text, and no half word where that can be. */
export function beginningOf(text: string, most: number): string {
  const cut = text.lastIndexOf(' ', most)
  return text.slice(0, cut > most - LONG_WORD ? cut : most)
}
