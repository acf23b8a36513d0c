import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm, stat, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import {
  decrypt,
  fileSource,
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
  close(): Promise<void>
}

export interface ArchiveSource {
  readonly kind: ArchiveKind
  readonly sizeBytes: number
  randomAccess(): Promise<RandomAccess & { close?(): Promise<void> }>
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

export async function localArchive(path: string): Promise<ArchiveSource> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined || !found.isFile()) {
    throw new AgentError('backup_unknown', `There is no file ${basename(path)} that the agent can read.`)
  }
  return {
    kind: await kindOfFile(path),
    sizeBytes: found.size,
    randomAccess: () => fileSource(path),
    stream: async signal => createReadStream(path, { signal }),
  }
}

export function unknownBackup(name: string): AgentError {
  return new AgentError('backup_unknown', `There is no backup ${name}. See the list for what is stored.`)
}

/**
 * Opens an archive as a snapshot. A plain zip is read where it lies; an encrypted one is decrypted to a private
 * temporary file first, after a look at the free space, because nothing of it may be believed before gpg has
 * seen its end. `noteTemporary` learns of that file before it is made.
 */
export async function openArchive(
  source: ArchiveSource,
  options: {
    readonly password: string | undefined
    readonly noteTemporary: (path: string) => Promise<void>
    readonly signal: AbortSignal
  },
): Promise<OpenArchive> {
  const { signal } = options
  if (!source.kind.encrypted) {
    return source.kind.format === 'dump'
      ? { snapshot: customDump(await source.stream(signal)), expected: {}, close: async () => undefined }
      : openZip(await source.randomAccess(), signal)
  }
  if (options.password === undefined) {
    throw new AgentError('encryption_password_required', 'This backup is encrypted: give its password.')
  }
  const path = await temporaryPath(source.sizeBytes)
  await options.noteTemporary(path)
  const decrypted = decrypt(await source.stream(signal), { password: options.password, signal })
  await pipeline(decrypted, createWriteStream(path, { mode: 0o600, flags: 'wx' }), { signal })
  const { format } = await kindOfFile(path)
  return format === 'dump'
    ? { snapshot: customDump(createReadStream(path, { signal })), expected: {}, close: async () => undefined }
    : openZip(await fileSource(path), signal)
}

async function openZip(
  source: RandomAccess & { close?(): Promise<void> },
  signal: AbortSignal,
): Promise<OpenArchive> {
  const close = async () => source.close?.()
  try {
    const zip = await openOdooZip(source, { signal })
    return { snapshot: zip, expected: { dumpBytes: zip.dumpBytes, fileBytes: zip.filesBytes }, close }
  } catch (error) {
    await close()
    throw error
  }
}

function customDump(body: Readable): RestorableSnapshot {
  return { dumpFormat: 'custom', dump: () => body, files: async function* () {} }
}

async function temporaryPath(neededBytes: number): Promise<string> {
  const { bavail, bsize } = await statfs(tmpdir())
  if (bavail * bsize < neededBytes) {
    throw new AgentError(
      'disk_full',
      `Decrypting needs ${Math.ceil(neededBytes / 1_048_576)} MiB in ${tmpdir()}, which has ${Math.floor((bavail * bsize) / 1_048_576)} MiB. Free some space, or set TMPDIR to another folder.`,
    )
  }
  return join(await mkdtemp(join(tmpdir(), 'odoo-backup-')), 'decrypted')
}

/** Removes a temporary file of this or an earlier run, with its folder. */
export async function removeTemporary(path: string | undefined): Promise<void> {
  if (path !== undefined) await rm(dirname(path), { recursive: true, force: true })
}
