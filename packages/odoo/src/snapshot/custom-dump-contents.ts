import { judge } from '../dump-lexer/statement-policy.ts'
import { tokenise } from '../dump-lexer/tokens.ts'

/** Asks for so many bytes and goes on with exactly these. */
type Reading<Result> = Generator<number, Result, Buffer>

const HEAD_BYTES = 11
const CUSTOM_FORMAT = 1
/** The layouts that are read here: those of PostgreSQL 9.0 (1.12) to 18 (1.16). */
const OLDEST = 1012
const NEWEST = 1016
/** The definition of an Odoo database is a few MB; what claims to be longer is not what is read here. */
const LONGEST_TEXT = 64 * 1024 * 1024

/**
 * Reads the table of contents with which pg_dump's custom format begins, while it passes, and notes the value of each
 * sequence, which stands there as a statement. Of a layout that it does not know it notes nothing. The layout: `WriteHead`
 * and `WriteToc` of PostgreSQL's src/bin/pg_dump/pg_backup_archiver.c, `_WriteExtraToc` of pg_backup_custom.c.
 */
export class CustomDumpContents {
  readonly sequences = new Map<string, string>()
  readonly #reading = readContents(this.sequences)
  #wanted = HEAD_BYTES
  #waiting: Buffer[] = []
  #waitingBytes = 0
  #ended = false
  #understood = false

  constructor() {
    this.#reading.next()
  }

  /** Whether all of the table of contents was read, so that `sequences` are all that there are. */
  get understood(): boolean {
    return this.#understood
  }

  push(chunk: Buffer): void {
    if (this.#ended) return
    this.#waiting.push(chunk)
    this.#waitingBytes += chunk.length
    if (this.#waitingBytes < this.#wanted) return
    let rest = Buffer.concat(this.#waiting)
    while (!this.#ended && rest.length >= this.#wanted) {
      const given = rest.subarray(0, this.#wanted)
      rest = rest.subarray(this.#wanted)
      this.#next(given)
    }
    this.#waiting = this.#ended ? [] : [Buffer.from(rest)]
    this.#waitingBytes = rest.length
  }

  #next(bytes: Buffer): void {
    try {
      const { done, value } = this.#reading.next(bytes)
      if (done) {
        this.#ended = true
        this.#understood = value
      } else this.#wanted = value
    } catch (error) {
      // What is not understood is no reason to make no backup.
      if (!(error instanceof StrangeContents)) throw error
      this.#ended = true
    }
  }
}

class StrangeContents extends Error {}

/** Returns whether it was a layout that is known. */
function* readContents(sequences: Map<string, string>): Reading<boolean> {
  const head = yield HEAD_BYTES
  const version = head.readUInt8(5) * 1000 + head.readUInt8(6)
  const [intBytes, offsetBytes] = [head.readUInt8(8), head.readUInt8(9)]
  if (head.readUInt8(10) !== CUSTOM_FORMAT || version < OLDEST || version > NEWEST || intBytes !== 4)
    return false

  /** A sign and the bytes of the amount, the lowest first. */
  function* int(): Reading<number> {
    const bytes = yield 1 + intBytes
    const amount = bytes.readUInt32LE(1)
    return bytes.readUInt8(0) === 0 ? amount : -amount
  }
  /** Undefined for a text that is not there. */
  function* text(): Reading<Buffer | undefined> {
    const length = yield* int()
    if (length < 0) return undefined
    if (length > LONGEST_TEXT) throw new StrangeContents()
    return length === 0 ? Buffer.alloc(0) : yield length
  }
  function* skip(parts: Iterable<() => Reading<unknown>>): Reading<void> {
    for (const part of parts) yield* part()
  }

  // How it is compressed, when it was made, of which database, by which versions.
  if (version >= 1015) yield 1
  else yield* int()
  yield* skip([int, int, int, int, int, int, int, text, text, text])
  const found = new Map<string, string>()
  for (let left = yield* int(); left > 0; left--) {
    // Its number, whether it has rows, its two OIDs, its name.
    yield* skip([int, int, text, text, text])
    const kind = yield* text()
    // Its section.
    yield* int()
    const definition = yield* text()
    // How it is dropped and copied; its schema and tablespace; how its rows are kept; what it is.
    yield* skip([text, text, text, text])
    if (version >= 1014) yield* text()
    if (version >= 1016) yield* int()
    // Its owner, and whether it has OIDs.
    yield* skip([text, text])
    while ((yield* text()) !== undefined);
    // Where its rows stand.
    yield 1 + offsetBytes
    if (kind?.toString('latin1') === 'SEQUENCE SET' && definition !== undefined)
      noteSequence(definition, found)
  }
  for (const [sequence, value] of found) sequences.set(sequence, value)
  return true
}

function noteSequence(definition: Buffer, found: Map<string, string>): void {
  const verdict = judge(tokenise(definition), { allowFunctions: false, knownSettings: new Set() })
  if (verdict.verdict === 'sequence') found.set(verdict.sequence, verdict.value)
}
