import { open } from 'node:fs/promises'
import { AgentError } from '../errors.ts'

/** What an archive is: a zip with filestore or PostgreSQL's custom format, encrypted or not. */
export interface ArchiveKind {
  readonly encrypted: boolean
  /** Unknown until an encrypted archive has been opened. */
  readonly format?: 'zip' | 'dump'
}

/** So many bytes tell what an archive is. */
export const LONGEST_MAGIC = 32

/** Reads the kind of a local file from its first bytes: names lie. */
export async function kindOfFile(path: string): Promise<ArchiveKind> {
  const handle = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(LONGEST_MAGIC), 0, LONGEST_MAGIC, 0)
    return kindOfBytes(buffer.subarray(0, bytesRead))
  } finally {
    await handle.close()
  }
}

/** ZIP's local header, pg_dump's custom format, or OpenPGP (armoured, or a packet of encrypted data). */
export function kindOfBytes(start: Buffer): ArchiveKind {
  if (start.subarray(0, 4).equals(Buffer.from('PK\x03\x04'))) return { encrypted: false, format: 'zip' }
  if (start.subarray(0, 5).toString('latin1') === 'PGDMP') return { encrypted: false, format: 'dump' }
  if (start.toString('latin1').startsWith('-----BEGIN PGP MESSAGE')) return { encrypted: true }
  // Tag 3, a session key encrypted by a passphrase, in the old or the new header form (RFC 4880, 4.2).
  const first = start[0] ?? 0
  if ((first & 0xc0) === 0xc0 ? (first & 0x3f) === 3 : (first & 0x80) !== 0 && ((first >> 2) & 0xf) === 3) {
    return { encrypted: true }
  }
  throw new AgentError(
    'backup_damaged',
    'This file is no Odoo backup: it is neither a zip, nor a dump of pg_dump, nor encrypted with gpg.',
  )
}
