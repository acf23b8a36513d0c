/** What a statement is made of. Comments and white space are left out. */
export interface Token {
  readonly kind: 'word' | 'name' | 'string' | 'number' | 'symbol'
  /** Words in upper case; names and strings without their quotes; bytes as Latin-1. */
  readonly text: string
}

/** The prefixed strings come before words: in `E'…'` the letter is part of the string. */
const TOKEN =
  /\s+|--[^\n\r]*|(\/\*)|[Ee]'((?:[^'\\]|\\[\s\S]|'')*)'|(?:[BbXxNn]|[Uu]&)?'((?:[^']|'')*)'|"((?:[^"]|"")*)"|([A-Za-z_\x80-\xff][A-Za-z0-9_\x80-\xff]*)|(\$(?:[A-Za-z_\x80-\xff][A-Za-z0-9_\x80-\xff]*)?\$)|(\d+(?:\.\d+)?)|([\s\S])/gy

/** Cuts a whole statement into tokens. It was scanned before: quotes and comments are known to be closed. */
export function tokenise(statement: Buffer): Token[] {
  const text = statement.toString('latin1')
  const tokens: Token[] = []
  TOKEN.lastIndex = 0
  for (let match = TOKEN.exec(text); match; match = TOKEN.exec(text)) {
    const [, block, escaped, plain, name, word, tag, number, symbol] = match
    if (block) TOKEN.lastIndex = endOfComment(text, match.index)
    else if (word !== undefined) tokens.push({ kind: 'word', text: word.toUpperCase() })
    else if (name !== undefined) tokens.push({ kind: 'name', text: name.replaceAll('""', '"') })
    else if (escaped !== undefined) tokens.push({ kind: 'string', text: escaped })
    else if (plain !== undefined) tokens.push({ kind: 'string', text: plain.replaceAll("''", "'") })
    else if (number !== undefined) tokens.push({ kind: 'number', text: number })
    else if (symbol !== undefined) tokens.push({ kind: 'symbol', text: symbol })
    else if (tag !== undefined) {
      const end = text.indexOf(tag, TOKEN.lastIndex)
      tokens.push({ kind: 'string', text: text.slice(TOKEN.lastIndex, end) })
      TOKEN.lastIndex = end + tag.length
    }
  }
  return tokens
}

function endOfComment(text: string, start: number): number {
  let depth = 0
  for (let at = start; at < text.length; ) {
    const pair = text.slice(at, at + 2)
    if (pair === '/*') depth++
    else if (pair === '*/' && --depth === 0) return at + 2
    at += pair === '/*' || pair === '*/' ? 2 : 1
  }
  return text.length
}
