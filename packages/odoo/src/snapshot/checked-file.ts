import { createHash, type Hash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { OdooError } from '../errors.ts'

const CHUNK = 256 * 1024

/** The SHA-1 that a stored file's name promises; undefined for a name that promises nothing. */
export function promisedSha1(path: string): string | undefined {
  const name = basename(path)
  return /^[0-9a-f]{40}$/.test(name) ? name : undefined
}

/**
 * Opens a stored file for a backup. Its length must be `sizeBytes` and its SHA-1 must match its name: of a file
 * that does not, the stream is destroyed at its end.
 * @throws OdooError `file_corrupt` also when it has vanished, grown or shrunk since it was listed
 */
export async function openChecked(file: string, path: string, sizeBytes: number): Promise<Readable> {
  const handle = await openHandle(file, path, sizeBytes)
  return streamChecked(handle, path, sizeBytes)
}

/**
 * Reads a stored file for a backup into `target`, whose length it must have; its SHA-1 must match its name.
 * @throws OdooError `file_corrupt` as `openChecked`
 */
export async function readChecked(file: string, path: string, target: Buffer): Promise<void> {
  const handle = await openHandle(file, path, target.length)
  try {
    await fill(target, handle, path)
  } finally {
    await handle.close()
  }
  const wrong = mismatch(createHash('sha1').update(target), path)
  if (wrong) throw wrong
}

async function openHandle(file: string, path: string, sizeBytes: number): Promise<FileHandle> {
  // Without O_NONBLOCK, a pipe in the place of a file would be waited for.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch(cause => {
    throw openingFault(path, cause)
  })
  try {
    const found = await handle.stat()
    if (!found.isFile()) throw fault(path, 'is no regular file')
    if (found.size !== sizeBytes) throw fault(path, 'has changed its size since it was listed')
    return handle
  } catch (error) {
    await handle.close()
    throw error
  }
}

async function fill(target: Buffer, handle: FileHandle, path: string): Promise<void> {
  for (let filled = 0; filled < target.length; ) {
    const { bytesRead } = await handle.read(target, filled, target.length - filled).catch(cause => {
      throw fault(path, 'cannot be read', cause)
    })
    if (bytesRead === 0) throw fault(path, 'is shorter than it was')
    filled += bytesRead
  }
}

function streamChecked(handle: FileHandle, path: string, sizeBytes: number): Readable {
  const hash = createHash('sha1')
  let left = sizeBytes
  return new Readable({
    highWaterMark: CHUNK,
    read() {
      if (left === 0) {
        const wrong = mismatch(hash, path)
        if (wrong) this.destroy(wrong)
        else this.push(null)
        return
      }
      handle.read(Buffer.allocUnsafe(Math.min(CHUNK, left))).then(
        ({ bytesRead, buffer }) => {
          if (bytesRead === 0) {
            this.destroy(fault(path, 'is shorter than it was'))
            return
          }
          const chunk = buffer.subarray(0, bytesRead)
          hash.update(chunk)
          left -= bytesRead
          this.push(chunk)
        },
        cause => this.destroy(fault(path, 'cannot be read', cause)),
      )
    },
    destroy(error, done) {
      handle.close().then(
        () => done(error),
        () => done(error),
      )
    },
  })
}

function mismatch(hash: Hash, path: string): OdooError | undefined {
  const promised = promisedSha1(path)
  return promised === undefined || hash.digest('hex') === promised
    ? undefined
    : fault(path, 'does not hold what its name promises (its SHA-1 differs)')
}

function fault(path: string, what: string, cause?: unknown): OdooError {
  return new OdooError('file_corrupt', `The stored file ${JSON.stringify(path)} ${what}.`, { cause })
}

/** A file that is gone is one lost file; no right to read, or no free file handle, would concern every file. */
function openingFault(path: string, cause: NodeJS.ErrnoException): Error {
  if (cause.code === 'EACCES' || cause.code === 'EPERM')
    return new OdooError(
      'permission_denied',
      `The stored file ${JSON.stringify(path)} may not be read. Run the agent as Odoo's system user or as root.`,
      { cause },
    )
  return /^(?:ENOENT|ENOTDIR|ELOOP|ENXIO|EIO)$/.test(cause.code ?? '')
    ? fault(path, 'cannot be opened any more', cause)
    : cause
}
