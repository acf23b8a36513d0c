import type { ByCode, CodedText, FailureView, Sentences, TextOf } from '@odoo-backup/protocol'
import type { Messages } from './en/index.ts'

/** What a coded text says in the language of the sentences. */
export function sentenceOf<
  Text extends CodedText,
  Code extends keyof ByCode<Text> & string = keyof ByCode<Text> & string,
>(sentences: Sentences<Text>, text: TextOf<Text, Code>): string {
  return sentences[text.code](text)
}

/** What a text may hold that others said. */
interface WithWords extends CodedText {
  readonly failure?: FailureView
  readonly words?: string
}

/** A failure in few words: the reader's where its code is known, else the agent's own. */
export function shortFailure(failures: Messages['failures'], { code, message }: FailureView): string {
  return failures.ofCode(code) || message
}

/** Why it is so, in the reader's language as far as its code is known; empty where there is no failure. */
export function causeOf(failures: Messages['failures'], { failure }: WithWords): string {
  return failure === undefined ? '' : failures.ofCode(failure.code)
}

/** What the agent or the account said itself, mostly in English. */
export function othersWords({ failure, words }: WithWords): string | undefined {
  return failure?.message ?? words
}
