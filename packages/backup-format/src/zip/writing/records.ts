/** The records of a zip file (PKWARE's APPNOTE 6.3), as bytes. */

const LOCAL_SIGNATURE = 0x04034b50
const DESCRIPTOR_SIGNATURE = 0x08074b50
const CENTRAL_SIGNATURE = 0x02014b50
const ZIP64_END_SIGNATURE = 0x06064b50
const ZIP64_LOCATOR_SIGNATURE = 0x07064b50
const END_SIGNATURE = 0x06054b50

const ZIP64_EXTRA = 0x0001
const MAX_32 = 0xffffffff
const MAX_16 = 0xffff
const SIZES_FOLLOW = 1 << 3
const UTF8_NAME = 1 << 11
const VERSION_PLAIN = 20
const VERSION_ZIP64 = 45
const MADE_BY_UNIX = 3 << 8
const REGULAR_FILE = 0o100644

export const STORED = 0
export const DEFLATED = 8

/** An entry whose data is written, as the central directory shows it. */
export interface WrittenEntry {
  readonly name: Buffer
  readonly method: typeof STORED | typeof DEFLATED
  readonly crc32: number
  readonly compressedBytes: number
  readonly sizeBytes: number
  /** Of the local header, from the beginning of the file. */
  readonly offset: number
  /** Sizes stand behind the data, since they were not known before it. */
  readonly sizesFollow: boolean
  /** Sizes behind the data take eight bytes each. */
  readonly zip64: boolean
}

/** MS-DOS date and time, in UTC; the format begins in 1980. */
export interface DosTime {
  readonly date: number
  readonly time: number
}

export function dosTime(at: Date): DosTime {
  const year = Math.min(2107, Math.max(1980, at.getUTCFullYear()))
  return {
    date: ((year - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate(),
    time: (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1),
  }
}

function flags(entry: Pick<WrittenEntry, 'name' | 'sizesFollow'>): number {
  const ascii = entry.name.every(byte => byte < 0x80)
  return (entry.sizesFollow ? SIZES_FOLLOW : 0) | (ascii ? 0 : UTF8_NAME)
}

/** The header before an entry's data. Where sizes follow, the header's own are zero. */
export function localHeader(entry: Omit<WrittenEntry, 'offset'>, modified: DosTime): Buffer {
  const extra = entry.zip64 ? zip64Extra([entry.sizeBytes, entry.compressedBytes]) : Buffer.alloc(0)
  const header = Buffer.alloc(30)
  header.writeUInt32LE(LOCAL_SIGNATURE, 0)
  header.writeUInt16LE(entry.zip64 ? VERSION_ZIP64 : VERSION_PLAIN, 4)
  header.writeUInt16LE(flags(entry), 6)
  header.writeUInt16LE(entry.method, 8)
  header.writeUInt16LE(modified.time, 10)
  header.writeUInt16LE(modified.date, 12)
  header.writeUInt32LE(entry.crc32, 14)
  header.writeUInt32LE(entry.zip64 ? MAX_32 : entry.compressedBytes, 18)
  header.writeUInt32LE(entry.zip64 ? MAX_32 : entry.sizeBytes, 22)
  header.writeUInt16LE(entry.name.length, 26)
  header.writeUInt16LE(extra.length, 28)
  return Buffer.concat([header, entry.name, extra])
}

/** What follows the data of an entry whose sizes were not known before. */
export function dataDescriptor(
  entry: Pick<WrittenEntry, 'crc32' | 'compressedBytes' | 'sizeBytes' | 'zip64'>,
): Buffer {
  const descriptor = Buffer.alloc(entry.zip64 ? 24 : 16)
  descriptor.writeUInt32LE(DESCRIPTOR_SIGNATURE, 0)
  descriptor.writeUInt32LE(entry.crc32, 4)
  if (entry.zip64) {
    descriptor.writeBigUInt64LE(BigInt(entry.compressedBytes), 8)
    descriptor.writeBigUInt64LE(BigInt(entry.sizeBytes), 16)
  } else {
    descriptor.writeUInt32LE(entry.compressedBytes, 8)
    descriptor.writeUInt32LE(entry.sizeBytes, 12)
  }
  return descriptor
}

export function centralHeader(entry: WrittenEntry, modified: DosTime): Buffer {
  const large = (value: number): boolean => value >= MAX_32
  const beyond = [entry.sizeBytes, entry.compressedBytes, entry.offset].filter(large)
  const extra = beyond.length > 0 ? zip64Extra(beyond) : Buffer.alloc(0)
  const version = entry.zip64 || beyond.length > 0 ? VERSION_ZIP64 : VERSION_PLAIN
  const header = Buffer.alloc(46)
  header.writeUInt32LE(CENTRAL_SIGNATURE, 0)
  header.writeUInt16LE(MADE_BY_UNIX | VERSION_ZIP64, 4)
  header.writeUInt16LE(version, 6)
  header.writeUInt16LE(flags(entry), 8)
  header.writeUInt16LE(entry.method, 10)
  header.writeUInt16LE(modified.time, 12)
  header.writeUInt16LE(modified.date, 14)
  header.writeUInt32LE(entry.crc32, 16)
  header.writeUInt32LE(Math.min(MAX_32, entry.compressedBytes), 20)
  header.writeUInt32LE(Math.min(MAX_32, entry.sizeBytes), 24)
  header.writeUInt16LE(entry.name.length, 28)
  header.writeUInt16LE(extra.length, 30)
  header.writeUInt32LE(REGULAR_FILE * 0x10000, 38)
  header.writeUInt32LE(Math.min(MAX_32, entry.offset), 42)
  return Buffer.concat([header, entry.name, extra])
}

function zip64Extra(values: readonly number[]): Buffer {
  const extra = Buffer.alloc(4 + values.length * 8)
  extra.writeUInt16LE(ZIP64_EXTRA, 0)
  extra.writeUInt16LE(values.length * 8, 2)
  values.forEach((value, index) => {
    extra.writeBigUInt64LE(BigInt(value), 4 + index * 8)
  })
  return extra
}

/** What ends the file: the place of the central directory, in the zip64 form too where its numbers need it. */
export function endOfDirectory(entries: number, directoryBytes: number, offset: number): Buffer {
  const end = Buffer.alloc(22)
  end.writeUInt32LE(END_SIGNATURE, 0)
  end.writeUInt16LE(Math.min(MAX_16, entries), 8)
  end.writeUInt16LE(Math.min(MAX_16, entries), 10)
  end.writeUInt32LE(Math.min(MAX_32, directoryBytes), 12)
  end.writeUInt32LE(Math.min(MAX_32, offset), 16)
  if (entries < MAX_16 && directoryBytes < MAX_32 && offset < MAX_32) return end

  const zip64 = Buffer.alloc(56)
  zip64.writeUInt32LE(ZIP64_END_SIGNATURE, 0)
  zip64.writeBigUInt64LE(44n, 4)
  zip64.writeUInt16LE(MADE_BY_UNIX | VERSION_ZIP64, 12)
  zip64.writeUInt16LE(VERSION_ZIP64, 14)
  zip64.writeBigUInt64LE(BigInt(entries), 24)
  zip64.writeBigUInt64LE(BigInt(entries), 32)
  zip64.writeBigUInt64LE(BigInt(directoryBytes), 40)
  zip64.writeBigUInt64LE(BigInt(offset), 48)
  const locator = Buffer.alloc(20)
  locator.writeUInt32LE(ZIP64_LOCATOR_SIGNATURE, 0)
  locator.writeBigUInt64LE(BigInt(offset + directoryBytes), 8)
  locator.writeUInt32LE(1, 16)
  return Buffer.concat([zip64, locator, end])
}
