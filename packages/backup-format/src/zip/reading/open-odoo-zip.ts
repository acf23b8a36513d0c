import { Readable } from 'node:stream'
import type { OdooSnapshot, SnapshotFile } from '@odoo-backup/protocol'
import type { RandomAccess } from '../../sources/random-access.ts'
import { WINDOW_BYTES, WindowReader } from '../../sources/window-reader.ts'
import { contentOf, contentStream, dataStart } from './content.ts'
import { findDirectory } from './directory.ts'
import { type OdooZipEntries, readEntries, type ZipEntry } from './entries.ts'
import { readManifest } from './manifest.ts'

const MOST_MANIFEST_BYTES = 16 * 1024 * 1024

/** A stored backup as a snapshot, with the sizes that a check of free disk space needs. */
export interface OdooZip extends OdooSnapshot {
  readonly dumpBytes: number
  readonly filesBytes: number
  readonly fileCount: number
}

export interface ZipReadingOptions {
  /** Bytes of one request; 8 MiB by default. */
  readonly windowBytes?: number
  readonly signal?: AbortSignal
}

/**
 * Opens an Odoo backup for restoring, straight from where it is stored: its directory is read and checked now,
 * dump and files later, in the order in which they lie, through windows. Every stream ends well only if the
 * content has the length and CRC-32 of the directory. Several files may be open at the same time.
 */
export async function openOdooZip(source: RandomAccess, options: ZipReadingOptions = {}): Promise<OdooZip> {
  const { signal } = options
  const place = await findDirectory(source, signal)
  const directory = new WindowReader(source, { ...options, limit: place.end })
  const entries = await readEntries(directory, place)
  // Each consumer has windows of its own.
  const reader = (limit = place.start) => new WindowReader(source, { ...options, limit })
  return {
    manifest: await manifestOf(entries, reader),
    dump: () => streamOf(reader, entries, entries.dump),
    files: () => filesOf(reader, entries, options.windowBytes ?? WINDOW_BYTES),
    dumpBytes: entries.dump.sizeBytes,
    filesBytes: entries.files.reduce((sum, { entry }) => sum + entry.sizeBytes, 0),
    fileCount: entries.files.length,
  }
}

/** Opens a reader that fetches nothing beyond `limit`, by default the directory. */
type OpenReader = (limit?: number) => WindowReader

async function manifestOf({ manifest, endsBefore }: OdooZipEntries, reader: OpenReader) {
  if (manifest === undefined || manifest.sizeBytes > MOST_MANIFEST_BYTES) return readManifest(undefined)
  const end = endsBefore(manifest)
  const data = await dataOf(reader(end), manifest, end)
  return readManifest(Buffer.concat(await contentOf(manifest, data).toArray()))
}

async function* filesOf(
  reader: OpenReader,
  { files, endsBefore }: OdooZipEntries,
  windowBytes: number,
): AsyncGenerator<SnapshotFile> {
  const forward = reader()
  for (const { path, entry } of files) {
    const { sizeBytes } = entry
    if (entry.compressedBytes > windowBytes) {
      yield { path, sizeBytes, open: () => streamOf(reader, { endsBefore }, entry) }
    } else {
      const data = await dataOf(forward, entry, endsBefore(entry))
      yield { path, sizeBytes, open: () => contentOf(entry, data) }
    }
  }
}

async function dataOf(reader: WindowReader, entry: ZipEntry, endsBefore: number): Promise<Buffer> {
  return reader.take(await dataStart(reader, entry, endsBefore), entry.compressedBytes)
}

function streamOf(
  reader: OpenReader,
  { endsBefore }: Pick<OdooZipEntries, 'endsBefore'>,
  entry: ZipEntry,
): Readable {
  async function* data(): AsyncGenerator<Buffer> {
    const end = endsBefore(entry)
    const forward = reader(end)
    yield* forward.stream(await dataStart(forward, entry, end), entry.compressedBytes)
  }
  return contentStream(entry, Readable.from(data(), { objectMode: false }))
}
