import { createHash, randomBytes } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pipeline as pipelined, type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import {
  decrypt,
  fileSource,
  hashedSource,
  objectSource,
  openOdooZip,
  parseBackupName,
  type RandomAccess,
} from '@odoo-backup/backup-format'
import type { RestorableSnapshot } from '@odoo-backup/odoo'
import type { Storage } from '@odoo-backup/storage'
import { AgentError } from '../errors.ts'
import { type ArchiveKind, kindOfFile } from './archive-kind.ts'

/** A backup opened for restoring. */
export interface OpenArchive {
  readonly snapshot: RestorableSnapshot
  /** Where known, for percentages and a look at the free space. */
  readonly expected: { readonly dumpBytes?: number; readonly fileBytes?: number }
  /**
   * Once all was read: whether also the bytes that hold no content are those that were noted.
   * @throws AgentError `backup_damaged`
   */
  mustBeAsNoted(): Promise<void>
  close(): Promise<void>
}

type ClosableSource = RandomAccess & { close?(): Promise<void> }

export interface ArchiveSource {
  readonly kind: ArchiveKind
  readonly sizeBytes: number
  randomAccess(): Promise<ClosableSource>
  stream(signal: AbortSignal): Promise<Readable>
}

export async function storedArchive(storage: Storage, key: string, name: string): Promise<ArchiveSource> {
  const parsed = parseBackupName(name)
  if (parsed?.kind !== 'archive') throw unknownBackup(name)
  const { sizeBytes } = await storage.head(key)
  return {
    kind: { encrypted: parsed.encrypted, format: parsed.format },
    sizeBytes,
    randomAccess: () => objectSource(storage, key),
    stream: signal => storage.get(key, { signal }),
  }
}

export function unknownBackup(name: string): AgentError {
  return new AgentError('backup_unknown', `There is no backup ${name}. See the list for what is stored.`)
}

export interface OpenOptions {
  readonly password: string | undefined
  /** Learns of a temporary file, and is awaited, before it is made. */
  readonly noteTemporary: (path: string) => Promise<void>
  /** Hexadecimal: only an archive of these very bytes is opened, from a copy that nobody else can change. */
  readonly sha256?: string | undefined
  /**
   * Hexadecimal, as it was noted when the archive was made: reading other bytes fails at their end. The content of a
   * plain zip, of which a restore may read parts alone, checks itself; `mustBeAsNoted` tells of the rest.
   */
  readonly notedSha256?: string | undefined
  /** Whether the bytes of a plain zip are hashed as they are read, for `mustBeAsNoted`; without it that tells nothing. */
  readonly isHashed: boolean
  readonly signal: AbortSignal
}

/**
 * Opens an archive as a snapshot. A plain zip is read where it lies, unless its bytes are to be known before; an
 * encrypted one is decrypted to a private temporary file first, after a look at the free space, because nothing of it
 * may be believed before gpg has seen its end.
 */
export async function openArchive(source: ArchiveSource, options: OpenOptions): Promise<OpenArchive> {
  const { password, sha256, notedSha256, isHashed, signal } = options
  const { encrypted, format } = source.kind
  if (!encrypted && sha256 === undefined) {
    if (format !== 'dump')
      return openStoredZip(await source.randomAccess(), isHashed ? notedSha256 : undefined, signal)
    return openDump(hashed(await source.stream(signal), notedSha256))
  }
  if (encrypted && password === undefined) {
    throw new AgentError('encryption_password_required', 'This backup is encrypted: give its password.')
  }
  return openFile(await temporaryCopy(source, options), signal)
}

/** The archive on the local disk, decrypted; what is not `sha256` is not believed. */
async function temporaryCopy(
  source: ArchiveSource,
  { password, noteTemporary, sha256, notedSha256, signal }: OpenOptions,
): Promise<string> {
  const path = await temporaryPath(source.sizeBytes)
  await noteTemporary(path)
  await mkdir(dirname(path), { mode: 0o700 })
  const stored = hashed(await source.stream(signal), sha256 ?? notedSha256)
  const body =
    source.kind.encrypted && password !== undefined ? decrypt(stored, { password, signal }) : stored
  await pipeline(body, createWriteStream(path, { mode: 0o600, flags: 'wx' }), { signal })
  return path
}

function notAsNoted(): AgentError {
  return new AgentError('backup_damaged', 'The archive is not what was stored when the backup was made.')
}

/** The same bytes, failing at their end unless they have the SHA-256 that is wanted. */
function hashed(body: Readable, wanted: string | undefined): Readable {
  if (wanted === undefined) return body
  const hash = createHash('sha256')
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      done(null, chunk)
    },
    flush(done) {
      if (hash.digest('hex') === wanted) return done()
      done(notAsNoted())
    },
  })
  // The callback is given so that an error reaches the reader of `meter` and nobody else.
  pipelined(body, meter, () => undefined)
  return meter
}

async function openFile(path: string, signal: AbortSignal): Promise<OpenArchive> {
  const { format } = await kindOfFile(path)
  return format === 'dump'
    ? openDump(createReadStream(path, { signal }))
    : openZip(await fileSource(path), signal)
}

/** A zip where it lies: hashed as it is read, so that looking at every byte of it costs no second reading. */
async function openStoredZip(
  source: ClosableSource,
  notedSha256: string | undefined,
  signal: AbortSignal,
): Promise<OpenArchive> {
  if (notedSha256 === undefined) return openZip(source, signal)
  const seen = hashedSource(source)
  const zip = await openZip({ ...seen, close: async () => source.close?.() }, signal)
  return {
    ...zip,
    async mustBeAsNoted() {
      if ((await seen.sha256(signal)) !== notedSha256) throw notAsNoted()
    },
  }
}

async function openZip(source: ClosableSource, signal: AbortSignal): Promise<OpenArchive> {
  const close = async () => source.close?.()
  try {
    const zip = await openOdooZip(source, { signal })
    const expected = { dumpBytes: zip.dumpBytes, fileBytes: zip.filesBytes }
    return { snapshot: zip, expected, mustBeAsNoted: async () => undefined, close }
  } catch (error) {
    await close()
    throw error
  }
}

function openDump(body: Readable): OpenArchive {
  return {
    snapshot: { dumpFormat: 'custom', dump: () => body, files: async function* () {} },
    expected: {},
    mustBeAsNoted: async () => undefined,
    close: async () => undefined,
  }
}

/** In a folder of its own that is not made yet. */
async function temporaryPath(neededBytes: number): Promise<string> {
  const { bavail, bsize } = await statfs(tmpdir())
  if (bavail * bsize < neededBytes) {
    throw new AgentError(
      'disk_full',
      `A copy of the archive needs ${Math.ceil(neededBytes / 1e6)} MB in ${tmpdir()}, which has ${Math.floor((bavail * bsize) / 1e6)} MB. Free some space, or set TMPDIR to another folder.`,
    )
  }
  return join(tmpdir(), `odoo-backup-${randomBytes(8).toString('hex')}`, 'archive')
}

/** Removes a temporary file of this or an earlier run, with its folder. */
export async function removeTemporary(path: string | undefined): Promise<void> {
  if (path !== undefined) await rm(dirname(path), { recursive: true, force: true })
}
