import { BackupFormatError } from '../../errors.ts'
import type { WindowReader } from '../../sources/window-reader.ts'
import { type DirectoryPlace, safeNumber } from './directory.ts'
import { entryRole } from './entry-names.ts'

const CENTRAL_SIGNATURE = 0x02014b50
const CENTRAL_BYTES = 46
const ZIP64_EXTRA = 0x0001
const MAX_32 = 0xffffffff
const ENCRYPTED = 1 << 0
const STORED = 0
const DEFLATED = 8
const UNIX = 3
const FILE_TYPE = 0o170000
const REGULAR = 0o100000
const FOLDER = 0o040000
/** Deflate cannot expand further; whoever claims more has something else in mind. */
const MOST_EXPANSION = 1032
/** More than any filestore holds; what they would take in memory is refused before it is read. */
const MOST_ENTRIES = 8_000_000
const MOST_DIRECTORY_BYTES = 2 * 1024 ** 3

/** An entry as the central directory describes it, checked as far as that goes. */
export interface ZipEntry {
  readonly name: Buffer
  readonly deflated: boolean
  readonly crc32: number
  readonly compressedBytes: number
  readonly sizeBytes: number
  /** Of its local header. */
  readonly offset: number
}

export interface OdooZipEntries {
  readonly dump: ZipEntry
  readonly manifest: ZipEntry | undefined
  /** In the order in which they lie in the file. */
  readonly files: readonly { readonly path: string; readonly entry: ZipEntry }[]
  /** Where the data of each entry must have ended, by the entry's offset. */
  readonly endsBefore: (entry: ZipEntry) => number
}

const refuse = (why: string) => new BackupFormatError('zip_refused', `The archive is refused: ${why}.`)
const invalid = (why: string) => new BackupFormatError('zip_invalid', `This is no whole zip file: ${why}.`)

/** Reads the central directory, and refuses what Odoo never writes and what could do harm when unpacked. */
export async function readEntries(reader: WindowReader, place: DirectoryPlace): Promise<OdooZipEntries> {
  if (place.entries > MOST_ENTRIES || place.end - place.start > MOST_DIRECTORY_BYTES) {
    throw refuse(`it claims to have ${place.entries} entries`)
  }
  const seen = new Set<string>()
  const all: ZipEntry[] = []
  const files: { path: string; entry: ZipEntry }[] = []
  let dump: ZipEntry | undefined
  let manifest: ZipEntry | undefined
  let at = place.start
  for (let index = 0; index < place.entries; index++) {
    const { entry, nextAt } = await readEntry(reader, at, place.end)
    at = nextAt
    const role = entryRole(entry.name)
    const name = entry.name.toString()
    if (seen.has(name)) throw refuse(`it holds ${JSON.stringify(name)} twice`)
    seen.add(name)
    all.push(entry)
    if (role.role === 'dump') dump = entry
    else if (role.role === 'manifest') manifest = entry
    else if (role.role === 'file') files.push({ path: role.path, entry })
    else if (entry.sizeBytes > 0) throw refuse('a folder in it has content')
  }
  if (at !== place.end) throw invalid('its directory has another length than it says')
  if (dump === undefined) throw refuse('it holds no dump.sql, so it is no Odoo backup')
  files.sort((a, b) => a.entry.offset - b.entry.offset)
  return { dump, manifest, files, endsBefore: endOfEach(all, place.start) }
}

async function readEntry(
  reader: WindowReader,
  at: number,
  end: number,
): Promise<{ entry: ZipEntry; nextAt: number }> {
  if (at + CENTRAL_BYTES > end) throw invalid('its directory ends too early')
  const header = await reader.take(at, CENTRAL_BYTES)
  if (header.readUInt32LE(0) !== CENTRAL_SIGNATURE) throw invalid('its directory is damaged')
  const nameBytes = header.readUInt16LE(28)
  const extraBytes = header.readUInt16LE(30)
  const nextAt = at + CENTRAL_BYTES + nameBytes + extraBytes + header.readUInt16LE(32)
  if (nextAt > end) throw invalid('its directory ends too early')
  const variable = await reader.take(at + CENTRAL_BYTES, nameBytes + extraBytes)
  // Copied, so that the whole window is not kept for the sake of a name.
  const name = Buffer.from(variable.subarray(0, nameBytes))
  checkKind(header, name)
  const sizes = zip64Sizes(
    {
      sizeBytes: header.readUInt32LE(24),
      compressedBytes: header.readUInt32LE(20),
      offset: header.readUInt32LE(42),
    },
    variable.subarray(nameBytes),
  )
  const entry = {
    name,
    deflated: header.readUInt16LE(10) === DEFLATED,
    crc32: header.readUInt32LE(16),
    ...sizes,
  }
  checkSizes(entry)
  return { entry, nextAt }
}

function checkKind(header: Buffer, name: Buffer): void {
  const shown = JSON.stringify(name.toString())
  if (header.readUInt16LE(8) & ENCRYPTED) throw refuse(`its entry ${shown} is encrypted`)
  const method = header.readUInt16LE(10)
  if (method !== STORED && method !== DEFLATED)
    throw refuse(`its entry ${shown} is compressed in an unknown way`)
  const type = header.readUInt8(5) === UNIX ? header.readUInt16LE(40) & FILE_TYPE : 0
  if (type !== 0 && type !== REGULAR && !(type === FOLDER && name.at(-1) === 0x2f)) {
    throw refuse(`its entry ${shown} is a link or a device`)
  }
}

type Sizes = Pick<ZipEntry, 'sizeBytes' | 'compressedBytes' | 'offset'>

/** Replaces each number that does not fit into 32 bits by that of the zip64 extra field, in which they stand in this order. */
function zip64Sizes(short: Sizes, extra: Buffer): Sizes {
  if (Math.max(short.sizeBytes, short.compressedBytes, short.offset) < MAX_32) return short
  let field = findExtra(extra)
  const long = (value: number): number => {
    if (value !== MAX_32) return value
    if (field === undefined || field.length < 8) throw invalid('a size in its directory is missing')
    const found = safeNumber(field.readBigUInt64LE(0))
    field = field.subarray(8)
    return found
  }
  const sizeBytes = long(short.sizeBytes)
  const compressedBytes = long(short.compressedBytes)
  return { sizeBytes, compressedBytes, offset: long(short.offset) }
}

function findExtra(extra: Buffer): Buffer | undefined {
  for (let at = 0; at + 4 <= extra.length; ) {
    const length = extra.readUInt16LE(at + 2)
    if (extra.readUInt16LE(at) === ZIP64_EXTRA) return extra.subarray(at + 4, at + 4 + length)
    at += 4 + length
  }
  return undefined
}

function checkSizes(entry: ZipEntry): void {
  const possible = entry.deflated
    ? entry.sizeBytes <= entry.compressedBytes * MOST_EXPANSION
    : entry.sizeBytes === entry.compressedBytes
  if (!possible) throw refuse(`its entry ${JSON.stringify(entry.name.toString())} claims an impossible size`)
}

/** Entries that share bytes make a small archive unpack to anything: each must end before the next begins. */
function endOfEach(entries: readonly ZipEntry[], directoryStart: number): (entry: ZipEntry) => number {
  const offsets = Float64Array.from(entries, entry => entry.offset).sort()
  for (let index = 1; index < offsets.length; index++) {
    if (offsets[index] === offsets[index - 1]) throw refuse('two of its entries are the same bytes')
  }
  return entry => {
    let low = 0
    let high = offsets.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((offsets[middle] ?? 0) <= entry.offset) low = middle + 1
      else high = middle
    }
    return Math.min(offsets[low] ?? directoryStart, directoryStart)
  }
}
