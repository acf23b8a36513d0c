import type { Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import type { OdooSnapshot, SnapshotFile } from '@odoo-backup/protocol'
import { chunksOf, generatedStream, lendPiece } from '@odoo-backup/storage'
import { ArchiveLedger } from './archive.ts'
import { BufferPool } from './buffer-pool.ts'
import { BLOCK_BYTES, deflateInBlocks } from './deflate.ts'
import { Deflaters } from './deflaters.ts'
import { fileContent, wholeFile } from './file-content.ts'
import { Lookahead } from './lookahead.ts'
import { DEFAULT_LEVEL, defaultWorkers, type ZipWritingOptions } from './options.ts'
import { inOrder } from './ordered.ts'
import { pythonJson } from './python-json.ts'
import { DEFLATED, dataDescriptor, dosTime, localHeader, type WrittenEntry } from './records.ts'
import { compressEntry, type WholeEntry } from './whole-entry.ts'

/** Files up to this size are read and compressed several at once, larger ones block by block. */
const SMALL_FILE_BYTES = BLOCK_BYTES
/** Such a piece is rather copied than that a reader who gives none back costs a whole buffer for it. */
const COPIED_BYTES = 64 * 1024
/** Files that are read while others are compressed. */
const FILES_AHEAD = 6
/** Pieces of the archive that wait for their reader; every second one is a header. */
const PIECES_AHEAD = 4
/** From here on sizes behind the data are written with eight bytes, in case deflating makes it larger. */
const NEARLY_4_GIB = 0xf000_0000

/**
 * An Odoo backup of a snapshot as it is read: `dump.sql`, `manifest.json`, then `filestore/…`, in one pass, with
 * memory that does not grow with the database. Every unzip and every Odoo reads it. The stream is destroyed with
 * the source's own error if the snapshot is not whole.
 */
export function writeOdooZip(snapshot: OdooSnapshot, options: ZipWritingOptions = {}): Readable {
  return generatedStream(signal => new ZipWriting(options, signal).write(snapshot), {
    signal: options.signal,
    piecesAhead: PIECES_AHEAD,
  })
}

/** One archive while it is written. */
class ZipWriting {
  readonly #options: ZipWritingOptions
  readonly #workers: number
  readonly #deflaters: Deflaters
  readonly #pool = new BufferPool(BLOCK_BYTES)
  readonly #signal: AbortSignal
  readonly #modified: ReturnType<typeof dosTime>
  readonly #ledger: ArchiveLedger
  #dumpBytes = 0
  #filesDone = 0
  #filesBytes = 0
  #filesSkipped = 0

  constructor(options: ZipWritingOptions, signal: AbortSignal) {
    this.#options = options
    this.#signal = signal
    this.#workers = options.workers ?? defaultWorkers()
    this.#deflaters = new Deflaters(options.level ?? DEFAULT_LEVEL, this.#workers)
    this.#modified = dosTime(options.modifiedAt ?? new Date())
    this.#ledger = new ArchiveLedger(this.#modified)
  }

  async *write(snapshot: OdooSnapshot): AsyncGenerator<Buffer> {
    this.#signal.throwIfAborted()
    try {
      yield* this.#dump(snapshot)
      const manifest = Buffer.from(pythonJson(snapshot.manifest))
      yield* this.#whole(await compressEntry('manifest.json', manifest, this.#deflaters))
      yield* this.#files(snapshot)
      yield* this.#ledger.directory()
      this.#report()
    } finally {
      this.#deflaters.close()
    }
  }

  async *#dump(snapshot: OdooSnapshot): AsyncGenerator<Buffer> {
    const content = chunksOf(snapshot.dump(), this.#signal)
    // Nobody knows how long a dump will be, so its sizes always get eight bytes.
    const entry = yield* this.#streamData('dump.sql', content, true, size => {
      this.#dumpBytes = size
    })
    this.#ledger.add(entry)
  }

  async *#files(snapshot: OdooSnapshot): AsyncGenerator<Buffer> {
    const files = new Lookahead(snapshot.files())
    try {
      while (!(await files.ended())) {
        const small = files.takeWhile(file => file.sizeBytes <= SMALL_FILE_BYTES)
        for await (const entry of inOrder(small, this.#workers + FILES_AHEAD, file =>
          this.#readSmall(file),
        )) {
          if (entry === undefined) continue
          yield* this.#whole(entry)
          this.#fileDone(entry.file)
        }
        const large = await files.take()
        if (large !== undefined) yield* this.#large(large)
      }
    } finally {
      await files.stop()
    }
  }

  async #readSmall(file: SnapshotFile): Promise<(WholeEntry & { readonly file: SnapshotFile }) | undefined> {
    const buffer = this.#pool.take()
    try {
      const content = await wholeFile(file, buffer, this.#signal)
      const { entry, data } = await compressEntry(entryName(file), content, this.#deflaters)
      const isStored = data.includes(content)
      if (isStored && content.length > COPIED_BYTES) {
        lendPiece(content, () => this.#pool.give(buffer))
        return { file, entry, data }
      }
      const kept = isStored ? [Buffer.from(content)] : data
      this.#pool.give(buffer)
      return { file, entry, data: kept }
    } catch (error) {
      this.#pool.give(buffer)
      this.#skip(file, error)
      return undefined
    }
  }

  async *#large(file: SnapshotFile): AsyncGenerator<Buffer> {
    const content = fileContent(file, this.#signal)
    const zip64 = file.sizeBytes >= NEARLY_4_GIB
    const before = this.#filesBytes
    let failure: { readonly error: unknown } | undefined
    const ended = stopAtFailure(content, error => {
      failure = { error }
    })
    const entry = yield* this.#streamData(entryName(file), ended, zip64, size => {
      this.#filesBytes = before + size
    })
    if (failure === undefined) {
      this.#ledger.add(entry)
      this.#filesBytes = before
      this.#fileDone(file)
    } else {
      // What has left stays in the archive as a gap which the directory does not name.
      this.#filesBytes = before
      this.#skip(file, failure.error)
    }
  }

  /** Writes an entry of unknown length; its place in the directory is up to the caller. */
  async *#streamData(
    name: string,
    content: AsyncIterable<Buffer>,
    zip64: boolean,
    onSize: (bytes: number) => void,
  ): AsyncGenerator<Buffer, WrittenEntry> {
    const offset = this.#ledger.offset
    const form = { name: Buffer.from(name), method: DEFLATED, sizesFollow: true, zip64 } as const
    const unknown = { crc32: 0, compressedBytes: 0, sizeBytes: 0 }
    yield this.#ledger.count(localHeader({ ...form, ...unknown }, this.#modified))
    const start = this.#ledger.offset
    let checksum = 0
    let sizeBytes = 0
    const measured = tap(content, chunk => {
      checksum = crc32(chunk, checksum)
      sizeBytes += chunk.length
      onSize(sizeBytes)
    })
    const blocks = { deflaters: this.#deflaters, pool: this.#pool, atOnce: this.#workers + 1 }
    for await (const bytes of deflateInBlocks(measured, blocks)) {
      yield this.#ledger.count(bytes)
      this.#report()
    }
    const sizes = { crc32: checksum, compressedBytes: this.#ledger.offset - start, sizeBytes }
    yield this.#ledger.count(dataDescriptor({ ...sizes, zip64 }))
    return { ...form, ...sizes, offset }
  }

  *#whole({ entry, data }: WholeEntry): Generator<Buffer> {
    const offset = this.#ledger.offset
    yield this.#ledger.count(localHeader(entry, this.#modified))
    for (const piece of data) if (piece.length > 0) yield this.#ledger.count(piece)
    this.#ledger.add({ ...entry, offset })
  }

  #fileDone(file: SnapshotFile): void {
    this.#filesDone++
    this.#filesBytes += file.sizeBytes
    this.#report()
  }

  #skip(file: SnapshotFile, error: unknown): void {
    this.#signal.throwIfAborted()
    if (this.#options.skipFile?.(file, error) !== true) throw error
    this.#filesSkipped++
  }

  #report(): void {
    this.#options.onProgress?.({
      dumpBytes: this.#dumpBytes,
      filesDone: this.#filesDone,
      filesBytes: this.#filesBytes,
      filesSkipped: this.#filesSkipped,
      writtenBytes: this.#ledger.offset,
    })
  }
}

function entryName(file: SnapshotFile): string {
  return `filestore/${file.path}`
}

async function* tap(source: AsyncIterable<Buffer>, see: (chunk: Buffer) => void): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    see(chunk)
    yield chunk
  }
}

async function* stopAtFailure(
  source: AsyncIterable<Buffer>,
  onFailure: (error: unknown) => void,
): AsyncGenerator<Buffer> {
  try {
    yield* source
  } catch (error) {
    onFailure(error)
  }
}
