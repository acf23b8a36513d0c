import type { ByCode, CodedText, Sentences, TextOf } from '@odoo-backup/protocol'

/** What a coded text says in the language of the sentences. */
export function sentenceOf<
  Text extends CodedText,
  Code extends keyof ByCode<Text> & string = keyof ByCode<Text> & string,
>(sentences: Sentences<Text>, text: TextOf<Text, Code>): string {
  return sentences[text.code](text)
}
