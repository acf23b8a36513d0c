/** Kinds of bytes, by the part of PostgreSQL's lexical rules on which all its versions, and psql's, agree. */

const DOLLAR = 0x24
const LONGEST_TAG = 130

/** Not the vertical tab, which is white space from PostgreSQL 17 on, nor the form feed: pg_dump writes neither. */
export function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

const isDigit = (byte: number) => byte >= 0x30 && byte <= 0x39

/** May stand in a name that is not quoted. pg_dump quotes names with other letters. */
export function isNameByte(byte: number): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a) || byte === 0x5f || isDigit(byte)
}

/** Where the word that begins at `at` ends. */
export function endOfWord(bytes: Buffer, at: number): number {
  let end = at + 1
  while (end < bytes.length && isNameByte(bytes[end] ?? 0)) end++
  return end
}

/** `foreign`: never outside of quotes. */
export function lexicalKind(byte: number): 'printable' | 'space' | 'foreign' {
  if (isSpace(byte)) return 'space'
  return byte > 0x20 && byte < 0x7f ? 'printable' : 'foreign'
}

/** What pg_dump writes right before a quote: a white space, `(`, `[`, `,` or `=`; undefined is the beginning. */
export function mayPrecedeQuote(byte: number | undefined): boolean {
  return (
    byte === undefined || isSpace(byte) || byte === 0x28 || byte === 0x5b || byte === 0x2c || byte === 0x3d
  )
}

/** The whole delimiter `$tag$` at `at`; `more` when the bytes stop inside it, `none` when it is no such thing. */
export function dollarTag(bytes: Buffer, at: number): string {
  for (let end = at + 1; end < bytes.length; end++) {
    const byte = bytes[end] ?? 0
    if (byte === DOLLAR) return bytes.toString('latin1', at, end + 1)
    const fits = isNameByte(byte) && !(end === at + 1 && isDigit(byte))
    if (!fits || end - at > LONGEST_TAG) return 'none'
  }
  return 'more'
}
