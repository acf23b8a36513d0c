import { OdooError } from '../errors.ts'
import type { DumpWatch } from './dump-stream.ts'

const MAGIC = 'PGDMP'

/**
 * Counts the bytes of pg_dump's custom format. It has no closing line: its end is told by pg_dump's exit
 * status alone, its beginning by five letters.
 */
export class CustomDumpObserver implements DumpWatch {
  readonly rowCounts: ReadonlyMap<string, number> = new Map()
  readonly sequences: ReadonlyMap<string, string> = new Map()
  readonly warnings: ReadonlySet<string> = new Set()
  #bytes = 0
  #head = ''

  get bytes(): number {
    return this.#bytes
  }

  push(chunk: Buffer): void {
    if (this.#head.length < MAGIC.length)
      this.#head += chunk.toString('latin1', 0, MAGIC.length - this.#head.length)
    this.#bytes += chunk.length
  }

  /** @throws OdooError `dump_incomplete` */
  end(): void {
    if (this.#head !== MAGIC)
      throw new OdooError('dump_incomplete', 'pg_dump wrote no archive. Try again.', { retryable: true })
  }
}
