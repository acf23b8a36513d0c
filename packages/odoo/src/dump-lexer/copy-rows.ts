const NEWLINE = 0x0a
const CARRIAGE_RETURN = 0x0d
const BACKSLASH = 0x5c
const DOT = 0x2e

/**
 * How much of the line that ends the rows of a COPY was read: it is a line feed, `\.`, and a line feed with or
 * without a carriage return. Before the first row, the statement's own line has to end.
 */
type Matched =
  | 'nothing'
  | 'line feed'
  | 'backslash'
  | 'dot'
  | 'carriage return'
  | 'statement'
  | 'statement return'

/**
 * Finds the end of the rows behind `COPY … FROM stdin;` and counts them, in pieces cut anywhere, without
 * holding any back. A row that only begins like the last line is a row.
 */
export class CopyRows {
  /** The line feed that ends the statement's own line is counted, too. */
  #lines = -1
  #matched: Matched = 'statement'

  get rows(): number {
    return this.#lines
  }

  /**
   * Looks at the next piece. Gives how many bytes belong to the rows and their last line, and whether that
   * line was among them; `undefined` when something stands on the statement's own line.
   */
  read(data: Buffer): { length: number; ended: boolean } | undefined {
    let at = 0
    while (at < data.length) {
      if (this.#matched === 'nothing') {
        const found = data.indexOf('\n\\.', at, 'latin1')
        if (found < 0) {
          this.#matched = tail(data)
          break
        }
        this.#matched = 'dot'
        at = found + 3
        continue
      }
      const next = follow(this.#matched, data[at])
      if (next === 'wrong') return undefined
      at++
      if (next === 'end') {
        this.#lines += countLines(data, at) - 1
        return { length: at, ended: true }
      }
      this.#matched = next
    }
    this.#lines += countLines(data, data.length)
    return { length: data.length, ended: false }
  }
}

function follow(matched: Matched, byte: number | undefined): Matched | 'end' | 'wrong' {
  switch (matched) {
    case 'statement':
      if (byte === CARRIAGE_RETURN) return 'statement return'
      return byte === NEWLINE ? 'line feed' : 'wrong'
    case 'statement return':
      return byte === NEWLINE ? 'line feed' : 'wrong'
    case 'line feed':
      if (byte === BACKSLASH) return 'backslash'
      break
    case 'backslash':
      if (byte === DOT) return 'dot'
      break
    case 'dot':
      if (byte === NEWLINE) return 'end'
      if (byte === CARRIAGE_RETURN) return 'carriage return'
      break
    case 'carriage return':
      if (byte === NEWLINE) return 'end'
      break
  }
  return byte === NEWLINE ? 'line feed' : 'nothing'
}

/** What the end of a piece may be the beginning of. */
function tail(data: Buffer): Matched {
  if (data.at(-1) === NEWLINE) return 'line feed'
  return data.at(-1) === BACKSLASH && data.at(-2) === NEWLINE ? 'backslash' : 'nothing'
}

function countLines(data: Buffer, end: number): number {
  let lines = 0
  for (let at = 0; at < end; at++) if (data[at] === NEWLINE) lines++
  return lines
}
