import { Readable } from 'node:stream'
import { decryptStart, openOdooZip, type RandomAccess, START_BYTES } from '@odoo-backup/backup-format'
import type { OdooManifest } from '@odoo-backup/protocol'
import type { AgentError } from '../errors.ts'
import { kindOfBytes, LONGEST_MAGIC } from './archive-kind.ts'
import { asAgentError } from './failure.ts'
import type { ArchiveSource } from './open-archive.ts'

/** What can be known of an archive without reading it: from its ends, or from its first decrypted bytes. */
export interface ArchiveLook {
  readonly encrypted: boolean
  readonly format?: 'zip' | 'dump'
  readonly manifest?: OdooManifest
  readonly dumpBytes?: number
  readonly files?: number
  readonly filesBytes?: number
  /** Why it cannot be opened: damaged, refused, or its password missing or wrong. */
  readonly fault?: AgentError
}

/** Opens the directory of a plain zip, or decrypts the beginning of an encrypted archive. Never the whole. */
export async function lookIntoArchive(
  source: ArchiveSource,
  password: string | undefined,
  signal?: AbortSignal,
): Promise<ArchiveLook> {
  const { encrypted, format } = source.kind
  const known = { encrypted, ...(format === undefined ? {} : { format }) }
  if (encrypted && password === undefined) return known
  let bytes: (RandomAccess & { close?(): Promise<void> }) | undefined
  try {
    bytes = await source.randomAccess()
    if (encrypted && password !== undefined) {
      const start = await beginningOf(bytes, START_BYTES)
      const inside = kindOfBytes(await decryptStart(Readable.from([start]), { password }))
      return { ...known, ...(inside.format === undefined ? {} : { format: inside.format }) }
    }
    if (format === 'dump') {
      kindOfBytes(await beginningOf(bytes, LONGEST_MAGIC))
      return known
    }
    const zip = await openOdooZip(bytes, signal === undefined ? {} : { signal })
    return {
      ...known,
      manifest: zip.manifest,
      dumpBytes: zip.dumpBytes,
      files: zip.fileCount,
      filesBytes: zip.filesBytes,
    }
  } catch (error) {
    const fault = asAgentError(error)
    if (!['backup_damaged', 'dump_refused', 'encryption_password_wrong'].includes(fault.code)) throw fault
    return { ...known, fault }
  } finally {
    await bytes?.close?.()
  }
}

async function beginningOf(source: RandomAccess, mostBytes: number): Promise<Buffer> {
  if (source.sizeBytes === 0) return Buffer.alloc(0)
  const chunks: Buffer[] = []
  for await (const chunk of await source.read(0, Math.min(mostBytes, source.sizeBytes) - 1))
    chunks.push(chunk)
  return Buffer.concat(chunks)
}
