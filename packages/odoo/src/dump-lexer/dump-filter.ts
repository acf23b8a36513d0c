import { Transform, type TransformCallback } from 'node:stream'
import { types } from 'node:util'
import { OdooError } from '../errors.ts'
import { WarningSet } from '../warning-set.ts'
import { DumpLexer, type DumpSink } from './lexer.ts'
import { judge, type Policy } from './statement-policy.ts'
import { tokenise } from './tokens.ts'

/** Counted while a dump went by. */
export interface DumpCounts {
  /** Rows by table, such as `public.res_users`. */
  readonly rowCounts: Map<string, number>
  /** Last values by sequence, as decimal text. */
  readonly sequences: Map<string, string>
  readonly warnings: WarningSet
}

/**
 * Lets through only what pg_dump writes for an Odoo database, and ends only behind the dump's own closing
 * line. Anything else destroys the stream with `dump_refused` or `dump_incomplete`: whoever consumes it must
 * throw away what came before.
 */
export class DumpFilter extends Transform implements DumpSink {
  readonly counts: DumpCounts = { rowCounts: new Map(), sequences: new Map(), warnings: new WarningSet() }
  readonly #policy: Policy
  readonly #lexer = new DumpLexer(this)
  #table = ''

  constructor(policy: Policy) {
    super({ highWaterMark: 256 * 1024 })
    this.#policy = policy
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      this.#lexer.push(chunk)
      done()
    } catch (error) {
      done(asError(error))
    }
  }

  override _flush(done: TransformCallback): void {
    try {
      this.#lexer.end()
      if (!this.#lexer.complete)
        throw new OdooError(
          'dump_incomplete',
          'The dump lacks its closing line “PostgreSQL database dump complete”: it is not whole.',
        )
      done()
    } catch (error) {
      done(asError(error))
    }
  }

  statement(text: Buffer): 'copy' | 'done' {
    const verdict = judge(tokenise(text), this.#policy)
    switch (verdict.verdict) {
      case 'refuse':
        throw new OdooError(
          'dump_refused',
          `The dump holds ${verdict.reason}. Nothing of it was restored. It begins: ${excerpt(text)}`,
          { needsWord: verdict.needsWord ?? false },
        )
      case 'skip':
        if (verdict.warning) this.counts.warnings.add(verdict.warning)
        return 'done'
      case 'sequence':
        this.counts.sequences.set(verdict.sequence, verdict.value)
        break
      case 'copy':
        this.#table = verdict.table
        this.push(text)
        return 'copy'
      case 'pass':
        break
    }
    this.push(text)
    this.push('\n')
    return 'done'
  }

  /** Its own `\restrict` lines are left out: the loader sets its own. Any other would be a command to psql. */
  backslashLine(text: string): void {
    if (/^\\(?:un)?restrict [A-Za-z0-9]+$/.test(text)) return
    throw new OdooError(
      'dump_refused',
      `The dump holds a command for psql (${text.slice(0, 40)}). pg_dump writes none. Nothing of it was restored.`,
    )
  }

  copyData(data: Buffer): void {
    this.push(data)
  }

  copyEnd(rows: number): void {
    this.counts.rowCounts.set(this.#table, (this.counts.rowCounts.get(this.#table) ?? 0) + rows)
  }
}

function excerpt(text: Buffer): string {
  return JSON.stringify(text.toString('utf8', 0, 80).replace(/\s+/g, ' ').trim())
}

function asError(error: unknown): Error {
  return types.isNativeError(error) ? error : new Error(String(error))
}
