import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AgentError } from '../../errors.ts'
import { systemErrorCode } from '../../system-error.ts'

const ID = /^[0-9a-f-]{36}\.(?:zip|dump)(?:\.enc)?$/

/** Archives that came through a browser, kept until they are restored, a day at most (`sweepUploads`). */
export interface Uploads {
  /** Takes a body whose length was announced; throws `disk_full` before the first byte when it cannot fit. */
  receive(body: Readable, sizeBytes: number, suffix: UploadSuffix): Promise<{ id: string; sizeBytes: number }>
  /** Path of a whole upload; throws `backup_unknown`. */
  pathOf(id: string): Promise<string>
  remove(id: string): Promise<void>
}

export type UploadSuffix = 'zip' | 'dump' | 'zip.enc' | 'dump.enc'

export function createUploads(folder: string): Uploads {
  return {
    async receive(body, sizeBytes, suffix) {
      await mkdir(folder, { recursive: true, mode: 0o700 }).catch(error => {
        throw unwritable(folder, error)
      })
      await requireRoom(folder, sizeBytes)
      const id = `${randomUUID()}.${suffix}`
      const half = join(folder, `${id}.part`)
      try {
        await pipeline(body, createWriteStream(half, { flags: 'wx', mode: 0o600 }))
        const received = (await stat(half)).size
        if (received !== sizeBytes)
          throw new AgentError(
            'invalid_request',
            `The upload broke off: ${received} of ${sizeBytes} bytes came.`,
          )
        await rename(half, join(folder, id))
      } catch (error) {
        await rm(half, { force: true })
        throw unwritable(folder, error)
      }
      return { id, sizeBytes }
    },

    async pathOf(id) {
      const path = join(folder, id)
      const found = ID.test(id) ? await stat(path).catch(() => undefined) : undefined
      if (found === undefined)
        throw new AgentError('backup_unknown', 'There is no such upload (any more): send the file again.')
      return path
    },

    async remove(id) {
      if (ID.test(id)) await rm(join(folder, id), { force: true })
    },
  }
}

/** Why an upload cannot be kept, and what to do; what is no fault of the disk comes back as it is. */
function unwritable(folder: string, error: unknown): unknown {
  switch (systemErrorCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return noRoom(folder, error)
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOTDIR':
    case 'EEXIST':
      return new AgentError(
        'file_unwritable',
        `Uploads cannot be kept in ${folder}. It must be a folder that the agent's system user may write.`,
        { cause: error },
      )
    default:
      return error
  }
}

async function requireRoom(folder: string, sizeBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  if (bavail * bsize < sizeBytes) throw noRoom(folder)
}

function noRoom(folder: string, cause?: unknown): AgentError {
  return new AgentError(
    'disk_full',
    `The upload does not fit on the disk of ${folder}. Make room and send it again.`,
    { cause },
  )
}
