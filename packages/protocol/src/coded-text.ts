import { z } from 'zod'

/** A failure as it is shown: its stable code, and in English what happened and what to do. Holds no secret. */
export const FailureView = z.object({ code: z.string(), message: z.string() })
export type FailureView = z.infer<typeof FailureView>

/** What can be said in any language: a stable code, beside it the particulars that a sentence needs. */
export interface CodedText {
  readonly code: string
}

export type ByCode<Text extends CodedText> = { readonly [Each in Text as Each['code']]: Each }

/** One sentence for each code of a union of texts: the compiler refuses a language that lacks one. */
export type Sentences<Text extends CodedText, Sentence = string> = {
  readonly [Code in keyof ByCode<Text>]: (text: ByCode<Text>[Code] & { readonly code: Code }) => Sentence
}

/** A text of the union whose code the compiler can follow to its sentence. */
export type TextOf<Text extends CodedText, Code extends keyof ByCode<Text>> = {
  readonly [Each in Code]: ByCode<Text>[Each] & { readonly code: Each }
}[Code]

/** What a coded text says in the language of the sentences. */
export function sentenceOf<
  Text extends CodedText,
  Code extends keyof ByCode<Text> & string = keyof ByCode<Text> & string,
>(sentences: Sentences<Text>, text: TextOf<Text, Code>): string {
  return sentences[text.code](text)
}

/** What the agent or the account said itself, mostly in English. */
export function othersWords({
  failure,
  words,
}: CodedText & { readonly failure?: FailureView; readonly words?: string }): string | undefined {
  return failure?.message ?? words
}
