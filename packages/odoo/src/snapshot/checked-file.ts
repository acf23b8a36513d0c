import { createHash, type Hash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { OdooError } from '../errors.ts'

/** Files up to this size are read and checked before the first byte is handed over. */
const READ_WHOLE = 1024 * 1024
const CHUNK = 256 * 1024

/** The SHA-1 that a stored file's name promises; undefined for a name that promises nothing. */
export function promisedSha1(path: string): string | undefined {
  const name = basename(path)
  return /^[0-9a-f]{40}$/.test(name) ? name : undefined
}

/**
 * Opens a stored file for a backup. Its length must be `sizeBytes` and its SHA-1 must match its name: a small
 * file is checked before this resolves, of a large one the stream is destroyed at its end.
 * @throws OdooError `file_corrupt` also when it has vanished, grown or shrunk since it was listed
 */
export async function openChecked(file: string, path: string, sizeBytes: number): Promise<Readable> {
  // Without O_NONBLOCK, a pipe in the place of a file would be waited for.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch(cause => {
    throw openingFault(path, cause)
  })
  try {
    const found = await handle.stat()
    if (!found.isFile()) throw fault(path, 'is no regular file')
    if (found.size !== sizeBytes) throw fault(path, 'has changed its size since it was listed')
    if (sizeBytes > READ_WHOLE) return streamChecked(handle, path, sizeBytes)
    const content = await readExactly(handle, sizeBytes, path)
    const wrong = mismatch(createHash('sha1').update(content), path)
    if (wrong) throw wrong
    await handle.close()
    return Readable.from(content.length === 0 ? [] : [content], { objectMode: false })
  } catch (error) {
    await handle.close()
    throw error
  }
}

async function readExactly(handle: FileHandle, sizeBytes: number, path: string): Promise<Buffer> {
  const content = Buffer.allocUnsafe(sizeBytes)
  for (let filled = 0; filled < sizeBytes; ) {
    const { bytesRead } = await handle.read(content, filled, sizeBytes - filled).catch(cause => {
      throw fault(path, 'cannot be read', cause)
    })
    if (bytesRead === 0) throw fault(path, 'is shorter than it was')
    filled += bytesRead
  }
  return content
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
