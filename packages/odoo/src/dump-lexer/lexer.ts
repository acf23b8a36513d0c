import { OdooError } from '../errors.ts'
import { type Scan, scanStatement, skipBetween } from './scan.ts'

/** Receives a dump piece by piece, in order. */
export interface DumpSink {
  /** A whole statement with its semicolon, comments inside included. `copy` when rows follow on the next line. */
  statement(text: Buffer): 'copy' | 'done'
  /** A backslash line between statements, without its line end. */
  backslashLine(text: string): void
  /** Rows of the COPY statement that came last, the terminating line included, cut anywhere. */
  copyData(data: Buffer): void
  /** How many rows the COPY had. */
  copyEnd(rows: number): void
}

const NEWLINE = 0x0a
const CARRIAGE_RETURN = 0x0d
const BACKSLASH = 0x5c
const COMPLETE = '-- PostgreSQL database dump complete'
/** No statement of a dump of Odoo comes near; the limit bounds memory against a quote that never ends. */
const LARGEST_STATEMENT = 32 * 1024 * 1024

/**
 * Splits what `pg_dump` writes in plain format into statements and COPY rows, by the same rules as psql's own
 * lexer (psqlscan.l), so that nothing which psql would run escapes: comments end at a line feed or a carriage
 * return, block comments nest, a backslash outside quotes would be a command. Constant memory: rows pass
 * through. Feed it with `push`, then call `end`.
 */
export class DumpLexer {
  readonly #sink: DumpSink
  #rest: Buffer = Buffer.alloc(0)
  #scan: Scan | undefined
  #inCopy = false
  #rows = 0
  #complete = false

  constructor(sink: DumpSink) {
    this.#sink = sink
  }

  /** Whether pg_dump's closing line was read, with nothing but comments and `\unrestrict` after it. */
  get complete(): boolean {
    return this.#complete
  }

  push(chunk: Buffer): void {
    if (chunk.includes(0)) throw refused('a zero byte')
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    this.#run(false)
    if (this.#rest.length > LARGEST_STATEMENT) throw refused('a statement of more than 32 MiB')
  }

  /** @throws OdooError `dump_incomplete` when the dump stops inside a statement or inside rows */
  end(): void {
    this.#run(true)
    if (this.#inCopy || this.#scan || this.#rest.length > 0)
      throw new OdooError('dump_incomplete', 'The dump stops in the middle of a statement. It is not whole.')
  }

  #run(last: boolean) {
    while (this.#rest.length > 0) {
      if (!(this.#inCopy ? this.#copyRows(last) : this.#statement(last))) return
    }
  }

  /** Reads one statement, or what stands between two. False when more bytes are needed. */
  #statement(last: boolean): boolean {
    if (!this.#scan) {
      const between = skipBetween(this.#rest, last)
      for (const comment of between.comments) this.#complete ||= comment.trimEnd() === COMPLETE
      this.#rest = this.#rest.subarray(between.length)
      if (between.more || this.#rest.length === 0) return false
      if (this.#rest[0] === BACKSLASH) return this.#backslashLine(last)
      if (this.#complete) throw refused('a statement after the end of the dump')
      this.#scan = { position: 0, state: 'plain', depth: 0, tag: '' }
    }
    const length = scanStatement(this.#rest, this.#scan)
    if (length === undefined) return false
    const statement = this.#rest.subarray(0, length)
    this.#rest = this.#rest.subarray(length)
    this.#scan = undefined
    if (this.#sink.statement(statement) === 'copy') {
      this.#inCopy = true
      // The line feed that ends the statement's line is the first to be counted.
      this.#rows = -1
    }
    return true
  }

  #backslashLine(last: boolean): boolean {
    const end = this.#rest.indexOf(NEWLINE)
    if (end < 0 && !last) return false
    const line = this.#rest.subarray(0, end < 0 ? this.#rest.length : end)
    this.#rest = this.#rest.subarray(end < 0 ? this.#rest.length : end + 1)
    this.#sink.backslashLine(line.toString('latin1').trimEnd())
    return true
  }

  /**
   * Passes rows through up to the line `\.`. The bytes held begin with the line feed that precedes the next
   * row, so that the terminator is always seen whole behind a line feed.
   */
  #copyRows(last: boolean): boolean {
    const data = this.#rest
    if (this.#rows < 0) {
      const start = data[0] === CARRIAGE_RETURN ? 1 : 0
      if (data.length <= start && !last) return false
      if (data[start] !== NEWLINE) throw refused('something on the line of COPY … FROM stdin')
      if (start === 1) {
        this.#sink.copyData(data.subarray(0, 1))
        this.#rest = data.subarray(1)
        return true
      }
    }
    for (let from = 0; ; ) {
      const found = data.indexOf('\n\\.', from, 'latin1')
      if (found < 0) return this.#passRows(data, Math.max(data.length - 2, 0))
      const end = endOfTerminator(data, found + 3)
      if (end === 'more') return this.#passRows(data, found)
      if (end === 'none') {
        from = found + 1
        continue
      }
      this.#rows += countLines(data, 0, found + 1)
      this.#sink.copyData(data.subarray(0, end))
      this.#rest = data.subarray(end)
      this.#inCopy = false
      this.#sink.copyEnd(this.#rows)
      return true
    }
  }

  /** Hands over rows up to `end` and keeps the rest for the next chunk. */
  #passRows(data: Buffer, end: number): false {
    if (end > 0) {
      this.#rows += countLines(data, 0, end)
      this.#sink.copyData(data.subarray(0, end))
      this.#rest = data.subarray(end)
    }
    return false
  }
}

/** Where the line `\.` ends whose dot stands before `from`; `none` when it is a row that begins so. */
function endOfTerminator(data: Buffer, from: number): number | 'none' | 'more' {
  if (from >= data.length) return 'more'
  if (data[from] === NEWLINE) return from + 1
  if (data[from] !== CARRIAGE_RETURN) return 'none'
  if (from + 1 >= data.length) return 'more'
  return data[from + 1] === NEWLINE ? from + 2 : 'none'
}

function countLines(data: Buffer, from: number, to: number): number {
  let lines = 0
  for (let at = from; at < to; at++) if (data[at] === NEWLINE) lines++
  return lines
}

function refused(what: string): OdooError {
  return new OdooError(
    'dump_refused',
    `The dump holds ${what}, which pg_dump never writes. It was not restored.`,
  )
}
