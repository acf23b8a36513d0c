import { BackupFormatError } from '../../errors.ts'
import { type RandomAccess, readBytes } from '../../sources/random-access.ts'

const END_SIGNATURE = 0x06054b50
const ZIP64_LOCATOR_SIGNATURE = 0x07064b50
const ZIP64_END_SIGNATURE = 0x06064b50
const END_BYTES = 22
const ZIP64_LOCATOR_BYTES = 20
const ZIP64_END_BYTES = 56
const MAX_COMMENT_BYTES = 0xffff
const MAX_16 = 0xffff
const MAX_32 = 0xffffffff

/** Where the central directory lies. */
export interface DirectoryPlace {
  readonly start: number
  readonly end: number
  readonly entries: number
}

const invalid = (why: string) => new BackupFormatError('zip_invalid', `This is no whole zip file: ${why}.`)

/** Finds the central directory from the end of the file. */
export async function findDirectory(source: RandomAccess, signal?: AbortSignal): Promise<DirectoryPlace> {
  const tailBytes = Math.min(
    source.sizeBytes,
    END_BYTES + MAX_COMMENT_BYTES + ZIP64_LOCATOR_BYTES + ZIP64_END_BYTES,
  )
  const tailStart = source.sizeBytes - tailBytes
  const tail = await readBytes(source, tailStart, tailBytes, signal)
  const at = findEnd(tail)
  if (at === undefined) throw invalid('its end is missing, it was probably cut off')
  const place = {
    disk: tail.readUInt16LE(at + 4) | tail.readUInt16LE(at + 6),
    entries: tail.readUInt16LE(at + 10),
    bytes: tail.readUInt32LE(at + 12),
    start: tail.readUInt32LE(at + 16),
    recordsAt: tailStart + at,
  }
  const locatorAt = at - ZIP64_LOCATOR_BYTES
  const needsZip64 = place.entries === MAX_16 || place.bytes === MAX_32 || place.start === MAX_32
  const found =
    needsZip64 && locatorAt >= 0 && tail.readUInt32LE(locatorAt) === ZIP64_LOCATOR_SIGNATURE
      ? await readZip64(source, tail.subarray(locatorAt), tailStart + locatorAt, signal)
      : place
  if (found.disk !== 0) throw invalid('it consists of several volumes')
  if (found.start + found.bytes !== found.recordsAt) throw invalid('its directory is not where it should be')
  return { start: found.start, end: found.recordsAt, entries: found.entries }
}

/** The last place that looks like the end record and whose comment reaches exactly to the end of the file. */
function findEnd(tail: Buffer): number | undefined {
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== END_SIGNATURE) continue
    if (at + END_BYTES + tail.readUInt16LE(at + 20) === tail.length) return at
  }
  return undefined
}

async function readZip64(source: RandomAccess, locator: Buffer, locatorAt: number, signal?: AbortSignal) {
  const recordsAt = safeNumber(locator.readBigUInt64LE(8))
  if (recordsAt + ZIP64_END_BYTES > locatorAt) throw invalid('its zip64 record is missing')
  const record = await readBytes(source, recordsAt, ZIP64_END_BYTES, signal)
  if (record.readUInt32LE(0) !== ZIP64_END_SIGNATURE) throw invalid('its zip64 record is missing')
  return {
    disk: record.readUInt32LE(16) | record.readUInt32LE(20),
    entries: safeNumber(record.readBigUInt64LE(32)),
    bytes: safeNumber(record.readBigUInt64LE(40)),
    start: safeNumber(record.readBigUInt64LE(48)),
    recordsAt,
  }
}

/** A number of a zip64 record, which is untrusted. */
export function safeNumber(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw invalid('it holds impossible numbers')
  return Number(value)
}
