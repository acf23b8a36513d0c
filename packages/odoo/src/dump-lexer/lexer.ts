import { OdooError } from '../errors.ts'
import { CopyRows } from './copy-rows.ts'
import { beginScan, type Scan, scanStatement, skipBetween } from './scan.ts'

/** Receives a dump piece by piece, in order. */
export interface DumpSink {
  /** A whole statement with its semicolon. `copy` when rows follow on the next line. */
  statement(text: Buffer): 'copy' | 'done'
  /** A backslash line between statements, without its line end. */
  backslashLine(text: string): void
  /** Rows of the COPY statement that came last, the terminating line included, cut anywhere. */
  copyData(data: Buffer): void
  /** How many rows the COPY had. */
  copyEnd(rows: number): void
}

const NEWLINE = 0x0a
const BACKSLASH = 0x5c
const COMPLETE = '-- PostgreSQL database dump complete'
/** No statement of a dump of Odoo comes near; the limit bounds memory against a quote that never ends. */
const LARGEST_STATEMENT = 32 * 1024 * 1024

/**
 * Splits what `pg_dump` writes in plain format into statements and COPY rows, so that nothing which psql would run
 * escapes. It reads less than psql's own lexer (psqlscan.l), not as much: what pg_dump never writes and some
 * version of psql or the server might read in another way refuses the dump. Constant memory: rows pass through.
 * Feed it with `push`, then call `end`.
 */
export class DumpLexer {
  readonly #sink: DumpSink
  #rest: Buffer = Buffer.alloc(0)
  #scan: Scan | undefined
  #copy: CopyRows | undefined
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
    if (this.#copy || this.#scan || this.#rest.length > 0)
      throw new OdooError('dump_incomplete', 'The dump stops in the middle of a statement. It is not whole.')
  }

  #run(last: boolean) {
    while (this.#rest.length > 0) {
      if (!(this.#copy ? this.#copyRows(this.#copy) : this.#statement(last))) return
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
      this.#scan = beginScan()
    }
    const length = scanStatement(this.#rest, this.#scan)
    if (length === undefined) return false
    const statement = this.#rest.subarray(0, length)
    this.#rest = this.#rest.subarray(length)
    this.#scan = undefined
    if (this.#sink.statement(statement) === 'copy') this.#copy = new CopyRows()
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

  /** Passes rows through. False when all that came was rows. */
  #copyRows(rows: CopyRows): boolean {
    const data = this.#rest
    const read = rows.read(data)
    if (!read) throw refused('something on the line of COPY … FROM stdin')
    this.#rest = data.subarray(read.length)
    this.#sink.copyData(data.subarray(0, read.length))
    if (!read.ended) return false
    this.#copy = undefined
    this.#sink.copyEnd(rows.rows)
    return true
  }
}

function refused(what: string): OdooError {
  return new OdooError(
    'dump_refused',
    `The dump holds ${what}, which pg_dump never writes. It was not restored.`,
  )
}
