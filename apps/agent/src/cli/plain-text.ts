/**
 * Text from outside as it may go to a terminal: control characters, which could move the cursor or change colours,
 * and characters that turn the direction of writing become visible.
 */
export function plainText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, character =>
    character === '\n' || character === '\t'
      ? character
      : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  )
}
