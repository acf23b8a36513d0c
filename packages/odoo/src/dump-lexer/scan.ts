import { OdooError } from '../errors.ts'
import { dollarTag, endOfWord, isNameByte, isSpace, lexicalKind, mayPrecedeQuote } from './bytes.ts'
import { afterWord, NO_BODY, type RoutineBody } from './routine-body.ts'

/** Where the scan of one statement stands, so that it goes on when more bytes have come. */
export interface Scan {
  position: number
  state: 'plain' | 'string' | 'escape-string' | 'name' | 'dollar'
  /** Open parentheses. */
  depth: number
  /** The delimiter of a dollar-quoted text, such as `$_$`. */
  tag: string
  body: RoutineBody
  /** Set behind an E'…' until something else comes: a string right there would go on with its rules. */
  afterEscape?: boolean
}

export function beginScan(): Scan {
  return { position: 0, state: 'plain', depth: 0, tag: '', body: NO_BODY }
}

const QUOTE = 0x27
const DOUBLE_QUOTE = 0x22
const DOLLAR = 0x24
const DASH = 0x2d
const SLASH = 0x2f
const STAR = 0x2a
const COLON = 0x3a
const BACKSLASH = 0x5c
const SEMICOLON = 0x3b
const OPEN = 0x28
const CLOSE = 0x29
const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

/**
 * Passes over white space and line comments. `length` is what was passed, `more` says that the bytes stop inside
 * a comment (which is then not counted), `comments` are the comments.
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
    if (bytes[at] !== DASH) break
    if (at + 1 >= bytes.length && !last) return { length: at, more: true, comments }
    if (bytes[at + 1] !== DASH) break
    let end = at + 2
    while (end < bytes.length && bytes[end] !== LINE_FEED && bytes[end] !== CARRIAGE_RETURN) end++
    if (end === bytes.length && !last) return { length: at, more: true, comments }
    comments.push(bytes.toString('latin1', at, end))
    at = end
  }
  return { length: at, more: false, comments }
}

/**
 * Finds where the statement ends at whose start `bytes` begins: the length with its semicolon, or undefined
 * when more bytes are needed; `scan` then keeps the place. What pg_dump never writes is refused wherever psql and
 * the server, of any version, might read it in another way than this: comments inside a statement, bytes outside
 * of ASCII and control characters outside of quotes, quotes glued to what stands before them, psql's variables.
 * @throws OdooError `dump_refused`
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
      case 'name': {
        const quote = scan.state === 'string' ? QUOTE : DOUBLE_QUOTE
        at = bytes.indexOf(quote, at)
        if (at < 0) return wait(bytes.length)
        if (at + 1 >= bytes.length) return wait(at)
        if (bytes[at + 1] === quote) at++
        else scan.state = 'plain'
        at++
        continue
      }
      case 'escape-string':
        if (byte !== BACKSLASH && byte !== QUOTE) {
          at++
          continue
        }
        if (at + 1 >= bytes.length) return wait(at)
        if (byte === BACKSLASH || bytes[at + 1] === QUOTE) at += 2
        else {
          scan.state = 'plain'
          scan.afterEscape = true
          at++
        }
        continue
      case 'dollar': {
        const end = bytes.indexOf(scan.tag, at, 'latin1')
        if (end < 0) return wait(Math.max(at, bytes.length - scan.tag.length))
        scan.state = 'plain'
        at = end + scan.tag.length
        continue
      }
    }
    if (lexicalKind(byte) === 'foreign')
      throw ambiguous(`the byte 0x${byte.toString(16).padStart(2, '0')} outside of quotes`)
    if (scan.afterEscape && !isSpace(byte)) {
      if (byte === QUOTE) throw ambiguous("a string that continues an E'…'")
      scan.afterEscape = false
    }
    if (isNameByte(byte)) {
      const end = endOfWord(bytes, at)
      if (end === bytes.length) return wait(at)
      scan.body = afterWord(scan.body, bytes.toString('latin1', at, end), scan.depth)
      at = end
      continue
    }
    switch (byte) {
      case DASH:
      case SLASH:
        if (at + 1 >= bytes.length) return wait(at)
        if (bytes[at + 1] === (byte === DASH ? DASH : STAR)) throw ambiguous('a comment inside a statement')
        break
      case COLON:
        if (at + 1 >= bytes.length) return wait(at)
        if (bytes[at + 1] === COLON) at++
        else if (!mayFollowColon(bytes[at + 1] ?? 0)) throw ambiguous('what psql would take for a variable')
        break
      case QUOTE:
        scan.state = stringKind(bytes, at)
        break
      case DOUBLE_QUOTE:
        if (!mayPrecedeName(bytes, at)) throw ambiguous('a quoted name glued to what stands before it')
        scan.state = 'name'
        break
      case DOLLAR: {
        if (!mayPrecedeQuote(bytes[at - 1])) throw ambiguous('a dollar sign in a name that is not quoted')
        const tag = dollarTag(bytes, at)
        if (tag === 'more') return wait(at)
        if (tag === 'none') throw ambiguous('a dollar sign that begins no quoted text')
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
        // Inside of these psql goes on, too: a rule may have two commands.
        if (scan.depth === 0 && scan.body.open === 0) return at + 1
    }
    at++
  }
  return wait(at)
}

/** `'…'`, `E'…'`, `B'…'` or `X'…'`, each behind a white space or a bracket; anything else may be read in two ways. */
function stringKind(bytes: Buffer, at: number): 'string' | 'escape-string' {
  const before = bytes[at - 1]
  if (mayPrecedeQuote(before)) return 'string'
  const letter = String.fromCharCode(before ?? 0).toUpperCase()
  if ('EBX'.includes(letter) && mayPrecedeQuote(bytes[at - 2]))
    return letter === 'E' ? 'escape-string' : 'string'
  throw ambiguous('a quote glued to what stands before it')
}

/** Besides white space and brackets: the dot of a qualified name and the colons of a cast. */
function mayPrecedeName(bytes: Buffer, at: number): boolean {
  const before = bytes[at - 1]
  return mayPrecedeQuote(before) || before === 0x2e || before === COLON
}

/** The colon of an array's slice, `[1:n]`. psql's own variables are in capitals; it leaves others as they stand. */
function mayFollowColon(byte: number): boolean {
  const isCapital = byte >= 0x41 && byte <= 0x5a
  return isSpace(byte) || byte === OPEN || byte === DASH || (isNameByte(byte) && !isCapital && byte !== 0x5f)
}

function ambiguous(what: string): OdooError {
  return new OdooError(
    'dump_refused',
    `The dump holds ${what}. pg_dump writes no such thing for an Odoo database, so it was not restored.`,
  )
}
