import { OdooError } from '../errors.ts'
import { WarningSet } from '../warning-set.ts'
import { DumpLexer, type DumpSink } from './lexer.ts'
import { judge } from './statement-policy.ts'
import { tokenise } from './tokens.ts'

/**
 * Reads along while a database is dumped: counts rows, notes sequences, and insists on pg_dump's closing line.
 * It refuses nothing: what stands in a database must be possible to back up, but what a restore will want the
 * administrator's word for is warned of.
 */
export class DumpObserver implements DumpSink {
  readonly rowCounts = new Map<string, number>()
  readonly sequences = new Map<string, string>()
  readonly warnings = new WarningSet()
  readonly #lexer = new DumpLexer(this)
  #bytes = 0
  #table = ''
  /** Set when the text holds what the lexer does not read; from then on only bytes are counted. */
  #blind = false
  #tail = ''

  get bytes(): number {
    return this.#bytes
  }

  push(chunk: Buffer): void {
    this.#bytes += chunk.length
    this.#tail = (this.#tail + chunk.toString('latin1', Math.max(chunk.length - 512, 0))).slice(-512)
    if (!this.#blind) this.#read(() => this.#lexer.push(chunk))
  }

  /** What the lexer does not read is no reason to make no backup. */
  #read(part: () => void): void {
    try {
      part()
    } catch (error) {
      if (!(error instanceof OdooError)) throw error
      this.#blind = true
      this.rowCounts.clear()
      this.sequences.clear()
      this.warnings.add({ code: 'code_unread', words: error.message })
    }
  }

  /** @throws OdooError `dump_incomplete` */
  end(): void {
    if (!this.#blind) this.#read(() => this.#lexer.end())
    const complete = this.#blind
      ? this.#tail.includes('\n-- PostgreSQL database dump complete\n')
      : this.#lexer.complete
    if (!complete)
      throw new OdooError(
        'dump_incomplete',
        'pg_dump ended without its closing line: the dump is not whole. Try again.',
        { retryable: true },
      )
  }

  statement(text: Buffer): 'copy' | 'done' {
    const tokens = tokenise(text)
    const judged = (allowFunctions: boolean) => judge(tokens, { allowFunctions, knownSettings: new Set() })
    let verdict = judged(false)
    if (verdict.verdict === 'refuse') {
      this.warnings.add({ code: verdict.needsWord ? 'code_asks' : 'code_refused', words: verdict.reason })
      // What needs the word is in the dump all the same: rows of another schema follow their COPY.
      verdict = judged(true)
    }
    if (verdict.verdict === 'sequence') this.sequences.set(verdict.sequence, verdict.value)
    if (verdict.verdict !== 'copy') return 'done'
    this.#table = verdict.table
    return 'copy'
  }

  backslashLine(): void {}
  copyData(): void {}

  copyEnd(rows: number): void {
    this.rowCounts.set(this.#table, rows)
  }
}
