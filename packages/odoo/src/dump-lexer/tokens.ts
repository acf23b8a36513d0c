/** What a statement is made of; white space is left out. */
export interface Token {
  readonly kind: 'word' | 'name' | 'string' | 'number' | 'symbol'
  /** Words in upper case; names and strings without their quotes; bytes as Latin-1. */
  readonly text: string
}

/** The prefixed strings come before words: in `E'…'` the letter is part of the string. */
const TOKEN =
  /[ \t\r\n]+|[Ee]'((?:[^'\\]|\\[\s\S]|'')*)'|[BbXx]?'((?:[^']|'')*)'|"((?:[^"]|"")*)"|([A-Za-z_][A-Za-z0-9_]*)|(\$(?:[A-Za-z_][A-Za-z0-9_]*)?\$)|(\d+(?:\.\d+)?)|([\s\S])/gy

/** Cuts a whole statement into tokens. It was scanned before: quotes are known to be closed, comments not to be there. */
export function tokenise(statement: Buffer): Token[] {
  const text = statement.toString('latin1')
  const tokens: Token[] = []
  TOKEN.lastIndex = 0
  for (let match = TOKEN.exec(text); match; match = TOKEN.exec(text)) {
    const [, escaped, plain, name, word, tag, number, symbol] = match
    if (word !== undefined) tokens.push({ kind: 'word', text: word.toUpperCase() })
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
