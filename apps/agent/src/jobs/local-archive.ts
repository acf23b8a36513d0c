import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { basename } from 'node:path'
import { fileSource } from '@odoo-backup/backup-format'
import { AgentError } from '../errors.ts'
import { systemErrorCode } from '../system-error.ts'
import { kindOfFile } from './archive-kind.ts'
import type { ArchiveSource } from './open-archive.ts'

/** A file on this machine as an archive. Throws `backup_unknown` or `file_unreadable` where it cannot be read. */
export async function localArchive(path: string): Promise<ArchiveSource> {
  try {
    const found = await stat(path)
    if (!found.isFile())
      throw new AgentError('backup_unknown', `${basename(path)} is no file. Name the archive itself.`)
    return {
      kind: await kindOfFile(path),
      sizeBytes: found.size,
      randomAccess: () => fileSource(path),
      stream: async signal => createReadStream(path, { signal }),
    }
  } catch (error) {
    throw unreadable(path, error)
  }
}

/** Why a file cannot be read, and what to do; what is no fault of the system comes back as it is. */
export function unreadable(path: string, error: unknown): unknown {
  const name = basename(path)
  switch (systemErrorCode(error)) {
    case undefined:
      return error
    case 'ENOENT':
    case 'ENOTDIR':
      return new AgentError('backup_unknown', `There is no file ${name} on the machine of the agent.`, {
        cause: error,
      })
    case 'EACCES':
    case 'EPERM':
      return new AgentError(
        'file_unreadable',
        `The agent, which runs as the system user ${systemUser()}, may not read ${name}. Give that user the right to read the file and to enter the folders above it, or copy it to where that user may read.`,
        { cause: error },
      )
    case 'EIO':
      return new AgentError(
        'file_unreadable',
        `${name} cannot be read: the disk or the network drive that it lies on fails. Copy it to another place and try again.`,
        { cause: error },
      )
    default:
      return error
  }
}

/** Its name, or its number where the system has no name for it, as in a container. */
function systemUser(): string {
  try {
    return userInfo().username
  } catch {
    return String(process.geteuid?.() ?? '')
  }
}
