import { OdooError } from '../errors.ts'

/** Where the scan of one statement stands, so that it goes on when more bytes have come. */
export interface Scan {
  position: number
  state: 'plain' | 'string' | 'escape-string' | 'name' | 'dollar' | 'line-comment' | 'block-comment'
  /** Of parentheses in plain text, of comments inside a block comment. */
  depth: number
  /** The delimiter of a dollar-quoted text, such as `$_$`. */
  tag: string
  /** Set behind an E'…' until something else comes: a string right there would go on with its rules. */
  afterEscape?: boolean
  /** Parentheses open where a block comment began. */
  outerDepth?: number
}

const QUOTE = 0x27
const DOUBLE_QUOTE = 0x22
const DOLLAR = 0x24
const DASH = 0x2d
const SLASH = 0x2f
const STAR = 0x2a
const BACKSLASH = 0x5c
const SEMICOLON = 0x3b
const OPEN = 0x28
const CLOSE = 0x29
const LONGEST_TAG = 130

const isSpace = (byte: number | undefined) =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09 || byte === 0x0c
const endsLine = (byte: number | undefined) => byte === 0x0a || byte === 0x0d
const isDigit = (byte: number) => byte >= 0x30 && byte <= 0x39
/** May stand in a name that is not quoted. */
const isNameByte = (byte: number) =>
  (byte >= 0x61 && byte <= 0x7a) ||
  (byte >= 0x41 && byte <= 0x5a) ||
  byte === 0x5f ||
  byte >= 0x80 ||
  isDigit(byte)

/**
 * Passes over white space and comments. `length` is what was passed, `more` says that the bytes stop inside a
 * comment (which is then not counted), `comments` are the line comments.
 */
export function skipBetween(
  bytes: Buffer,
  last: boolean,
): { length: number; more: boolean; comments: readonly string[] } {
  const comments: string[] = []
  let at = 0
  while (at < bytes.length) {
    if (isSpace(bytes[at])) {
      at++
      continue
    }
    const first = bytes[at]
    if (first !== DASH && first !== SLASH) break
    if (at + 1 >= bytes.length && !last) return { length: at, more: true, comments }
    if (first === DASH && bytes[at + 1] === DASH) {
      let end = at + 2
      while (end < bytes.length && !endsLine(bytes[end])) end++
      if (end === bytes.length && !last) return { length: at, more: true, comments }
      comments.push(bytes.toString('latin1', at, end))
      at = end
    } else if (first === SLASH && bytes[at + 1] === STAR) {
      const end = endOfBlockComment(bytes, at)
      if (end === undefined) return { length: at, more: true, comments }
      at = end
    } else break
  }
  return { length: at, more: false, comments }
}

function endOfBlockComment(bytes: Buffer, start: number): number | undefined {
  let depth = 0
  for (let at = start; at + 1 < bytes.length; ) {
    if (bytes[at] === SLASH && bytes[at + 1] === STAR) {
      depth++
      at += 2
    } else if (bytes[at] === STAR && bytes[at + 1] === SLASH) {
      depth--
      at += 2
      if (depth === 0) return at
    } else at++
  }
  return undefined
}

/**
 * Finds where the statement ends at whose start `bytes` begins: the length with its semicolon, or undefined
 * when more bytes are needed; `scan` then keeps the place.
 * @throws OdooError `dump_refused` for what psql would read as a command, or could read in two ways
 */
export function scanStatement(bytes: Buffer, scan: Scan): number | undefined {
  let at = scan.position
  /** Remembers the place and waits for more. */
  const wait = (position: number) => {
    scan.position = position
    return undefined
  }
  while (at < bytes.length) {
    const byte = bytes[at] ?? 0
    switch (scan.state) {
      case 'string':
        at = bytes.indexOf(QUOTE, at)
        if (at < 0) return wait(bytes.length)
        scan.state = 'plain'
        at++
        continue
      case 'name':
        at = bytes.indexOf(DOUBLE_QUOTE, at)
        if (at < 0) return wait(bytes.length)
        scan.state = 'plain'
        at++
        continue
      case 'escape-string':
        if (byte === BACKSLASH) {
          if (at + 1 >= bytes.length) return wait(at)
          at += 2
          continue
        }
        at++
        if (byte === QUOTE) {
          if (at >= bytes.length) return wait(at - 1)
          if (bytes[at] === QUOTE) at++
          else {
            scan.state = 'plain'
            scan.afterEscape = true
          }
        }
        continue
      case 'dollar': {
        const end = bytes.indexOf(scan.tag, at, 'latin1')
        if (end < 0) return wait(Math.max(at, bytes.length - scan.tag.length))
        scan.state = 'plain'
        at = end + scan.tag.length
        continue
      }
      case 'line-comment':
        if (endsLine(byte)) scan.state = 'plain'
        at++
        continue
      case 'block-comment':
        if (byte !== SLASH && byte !== STAR) {
          at++
          continue
        }
        if (at + 1 >= bytes.length) return wait(at)
        if (byte === SLASH && bytes[at + 1] === STAR) {
          scan.depth++
          at += 2
        } else if (byte === STAR && bytes[at + 1] === SLASH) {
          scan.depth--
          at += 2
          if (scan.depth === 0) {
            scan.state = 'plain'
            scan.depth = scan.outerDepth ?? 0
          }
        } else at++
        continue
    }
    if (byte === DASH || byte === SLASH) {
      if (at + 1 >= bytes.length) return wait(at)
      if (byte === DASH && bytes[at + 1] === DASH) {
        scan.state = 'line-comment'
        at += 2
        continue
      }
      if (byte === SLASH && bytes[at + 1] === STAR) {
        scan.state = 'block-comment'
        scan.outerDepth = scan.depth
        scan.depth = 1
        at += 2
        continue
      }
    }
    if (scan.afterEscape && !isSpace(byte)) {
      if (byte === QUOTE) throw ambiguous("a string that continues an E'…'")
      scan.afterEscape = false
    }
    switch (byte) {
      case QUOTE:
        scan.state = beginsEscapeString(bytes, at) ? 'escape-string' : 'string'
        break
      case DOUBLE_QUOTE:
        scan.state = 'name'
        break
      case DOLLAR: {
        const tag = dollarTag(bytes, at)
        if (tag === undefined) return wait(at)
        scan.state = 'dollar'
        scan.tag = tag
        at += tag.length
        continue
      }
      case BACKSLASH:
        throw ambiguous('a backslash outside of quotes, which psql would take for a command')
      case OPEN:
        scan.depth++
        break
      case CLOSE:
        scan.depth = Math.max(scan.depth - 1, 0)
        break
      case SEMICOLON:
        if (scan.depth > 0) throw ambiguous('a semicolon in parentheses')
        return at + 1
    }
    at++
  }
  return wait(at)
}

/** Whether the quote at `at` belongs to `E'`. An `E` behind a digit may be read in two ways. */
function beginsEscapeString(bytes: Buffer, at: number): boolean {
  const letter = bytes[at - 1]
  if (at === 0 || (letter !== 0x45 && letter !== 0x65)) return false
  const before = at >= 2 ? (bytes[at - 2] ?? 0) : 0x20
  if (isDigit(before)) throw ambiguous("an E'…' right behind a digit")
  return !isNameByte(before) && before !== DOLLAR
}

/** The whole delimiter `$tag$` at `at`; undefined when the bytes stop inside it. */
function dollarTag(bytes: Buffer, at: number): string | undefined {
  if (at > 0 && isNameByte(bytes[at - 1] ?? 0)) throw ambiguous('a dollar sign in a name that is not quoted')
  for (let end = at + 1; end < bytes.length; end++) {
    const byte = bytes[end] ?? 0
    if (byte === DOLLAR) return bytes.toString('latin1', at, end + 1)
    const fits = isNameByte(byte) && !(end === at + 1 && isDigit(byte))
    if (!fits || end - at > LONGEST_TAG) throw ambiguous('a dollar sign that begins no quoted text')
  }
  return undefined
}

function ambiguous(what: string): OdooError {
  return new OdooError(
    'dump_refused',
    `The dump holds ${what}. pg_dump writes no such thing for an Odoo database, so it was not restored.`,
  )
}
