import { centralHeader, type DosTime, endOfDirectory, type WrittenEntry } from './records.ts'

const SLAB_BYTES = 64 * 1024

/** Counts what has left, and keeps the central directory until the end. */
export class ArchiveLedger {
  readonly #modified: DosTime
  /** Finished pieces of the directory; few large buffers, since an archive may have a million entries. */
  readonly #slabs: Buffer[] = []
  #headers: Buffer[] = []
  #headerBytes = 0
  #entries = 0
  #offset = 0

  constructor(modified: DosTime) {
    this.#modified = modified
  }

  /** Bytes of the archive so far: where the next record begins. */
  get offset(): number {
    return this.#offset
  }

  /** Notes bytes that leave, and hands them on. */
  count(bytes: Buffer): Buffer {
    this.#offset += bytes.length
    return bytes
  }

  add(entry: WrittenEntry): void {
    const header = centralHeader(entry, this.#modified)
    this.#headers.push(header)
    this.#headerBytes += header.length
    this.#entries++
    if (this.#headerBytes >= SLAB_BYTES) this.#closeSlab()
  }

  /** The central directory and the records that end the file. */
  *directory(): Generator<Buffer> {
    this.#closeSlab()
    const start = this.#offset
    for (const slab of this.#slabs) yield this.count(slab)
    yield this.count(endOfDirectory(this.#entries, this.#offset - start, start))
  }

  #closeSlab(): void {
    this.#slabs.push(Buffer.concat(this.#headers))
    this.#headers = []
    this.#headerBytes = 0
  }
}
