import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import {
  constants,
  crc32,
  createInflateRaw,
  inflateRaw as inflateRawWithCallback,
  type ZlibOptions,
} from 'node:zlib'
import { BackupFormatError } from '../../errors.ts'
import type { WindowReader } from '../../sources/window-reader.ts'
import type { ZipEntry } from './entries.ts'

const inflateRaw = promisify<Uint8Array, ZlibOptions, Buffer>(inflateRawWithCallback)

const LOCAL_SIGNATURE = 0x04034b50
const LOCAL_BYTES = 30
const ENCRYPTED = 1 << 0
/** Content up to this size is inflated in one call. */
const WHOLE_BYTES = 4 * 1024 * 1024

export const damaged = (entry: ZipEntry, why: string, cause?: unknown) =>
  new BackupFormatError('zip_damaged', `The archive is damaged: ${entry.name.toString()} ${why}.`, { cause })

/** Where an entry's data begins, after a look at its local header. */
export async function dataStart(reader: WindowReader, entry: ZipEntry, endsBefore: number): Promise<number> {
  if (entry.offset + LOCAL_BYTES > endsBefore) throw damaged(entry, 'overlaps another entry')
  const header = await reader.take(entry.offset, LOCAL_BYTES)
  if (header.readUInt32LE(0) !== LOCAL_SIGNATURE) throw damaged(entry, 'is not where the directory says')
  const nameBytes = header.readUInt16LE(26)
  const start = entry.offset + LOCAL_BYTES + nameBytes + header.readUInt16LE(28)
  if (start + entry.compressedBytes > endsBefore) throw damaged(entry, 'overlaps another entry')
  const name = await reader.take(entry.offset + LOCAL_BYTES, nameBytes)
  const sameKind =
    header.readUInt16LE(8) === (entry.deflated ? 8 : 0) && !(header.readUInt16LE(6) & ENCRYPTED)
  if (!name.equals(entry.name) || !sameKind) throw damaged(entry, 'is described in two different ways')
  return start
}

/** The content of an entry whose data is at hand. The stream ends well only if length and CRC-32 are right. */
export function contentOf(entry: ZipEntry, data: Buffer): Readable {
  if (!entry.deflated || entry.sizeBytes > WHOLE_BYTES) return contentStream(entry, Readable.from([data]))
  return Readable.from(inflateChecked(entry, data), { objectMode: false })
}

async function* inflateChecked(entry: ZipEntry, data: Buffer): AsyncGenerator<Buffer> {
  let content: Buffer
  try {
    content = await inflateRaw(data, {
      chunkSize: Math.max(64, entry.sizeBytes),
      maxOutputLength: Math.max(1, entry.sizeBytes),
      finishFlush: constants.Z_FINISH,
    })
  } catch (error) {
    throw damaged(entry, 'cannot be inflated', error)
  }
  yield* checked(entry, [content])
}

/** The same for data that arrives as a stream. */
export function contentStream(entry: ZipEntry, data: Readable): Readable {
  return Readable.from(checked(entry, entry.deflated ? inflated(entry, data) : data), { objectMode: false })
}

async function* inflated(entry: ZipEntry, data: Readable): AsyncGenerator<Buffer> {
  const inflating = createInflateRaw({ chunkSize: 256 * 1024 })
  let sourceFailure: unknown
  data.once('error', error => {
    sourceFailure = error
  })
  const feeding = pipeline(data, inflating)
  feeding.catch(() => {})
  try {
    for await (const chunk of inflating) yield chunk
    await feeding
  } catch (error) {
    throw sourceFailure ?? damaged(entry, 'cannot be inflated', error)
  } finally {
    data.destroy()
    inflating.destroy()
  }
}

async function* checked(
  entry: ZipEntry,
  content: AsyncIterable<Buffer> | Iterable<Buffer>,
): AsyncGenerator<Buffer> {
  let checksum = 0
  let readBytes = 0
  for await (const chunk of content) {
    readBytes += chunk.length
    if (readBytes > entry.sizeBytes) throw damaged(entry, 'is longer than its directory says')
    checksum = crc32(chunk, checksum)
    yield chunk
  }
  if (readBytes !== entry.sizeBytes) throw damaged(entry, 'is shorter than its directory says')
  if (checksum !== entry.crc32) throw damaged(entry, 'has another checksum than its directory says')
}
