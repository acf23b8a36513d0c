import { types } from 'node:util'
import { OdooError } from '../errors.ts'
import { WarningSet } from '../warning-set.ts'
import { CustomDumpContents } from './custom-dump-contents.ts'
import type { DumpWatch } from './dump-stream.ts'

const MAGIC = 'PGDMP'

/**
 * Watches pg_dump's custom format. It has no closing line: its end is told by pg_dump's exit status alone, its
 * beginning by five letters. Its rows are compressed, so they are counted in the database meanwhile; sequences, which
 * belong to no snapshot, stand in its table of contents. Both are only there for a drill to compare: where the rows could
 * not be counted, or the contents are of a layout that is not known, as of a newer pg_dump, a warning says that they were
 * not noted, and the dump is as good as ever.
 */
export class CustomDumpObserver implements DumpWatch {
  rowCounts: ReadonlyMap<string, number> = new Map()
  readonly warnings = new WarningSet()
  readonly #counting: () => Promise<ReadonlyMap<string, number>>
  #counted: Promise<ReadonlyMap<string, number>> | undefined
  readonly #contents = new CustomDumpContents()
  #bytes = 0
  #head = ''

  /** @param counting counts the rows of all tables in the transaction of the snapshot */
  constructor(counting: () => Promise<ReadonlyMap<string, number>>) {
    this.#counting = counting
  }

  get sequences(): ReadonlyMap<string, string> {
    return this.#contents.sequences
  }

  get bytes(): number {
    return this.#bytes
  }

  push(chunk: Buffer): void {
    if (this.#head.length < MAGIC.length)
      this.#head += chunk.toString('latin1', 0, MAGIC.length - this.#head.length)
    this.#bytes += chunk.length
    this.#contents.push(chunk)
    if (this.#counted) return
    this.#counted = this.#counting()
    // A failure is told when the dump has ended.
    this.#counted.catch(() => {})
  }

  /** @throws OdooError `dump_incomplete` */
  async end(): Promise<void> {
    if (this.#head !== MAGIC)
      throw new OdooError('dump_incomplete', 'pg_dump wrote no archive. Try again.', { retryable: true })
    if (!this.#contents.understood) this.warnings.add({ code: 'sequences_unnoted' })
    try {
      if (this.#counted) this.rowCounts = await this.#counted
    } catch (error) {
      const words = types.isNativeError(error) ? error.message : String(error)
      this.warnings.add({ code: 'rows_uncounted', words })
    }
  }
}
