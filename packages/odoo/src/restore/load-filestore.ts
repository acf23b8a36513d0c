import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { chmod, chown, lchown, mkdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { SystemUser } from '../cluster/run-as.ts'
import { OdooError } from '../errors.ts'
import { promisedSha1 } from '../snapshot/checked-file.ts'
import { isSpooled } from '../snapshot/filestore-walk.ts'
import { isInside } from '../snapshot/named-files.ts'
import type { RestorableSnapshot } from '../snapshot/snapshot.ts'

export interface FilestoreLoad {
  readonly fileCount: number
  readonly fileBytes: number
}

/** Makes the folder that files are loaded into, with the rights of the folder that holds all filestores. */
export async function makeFilestore(folder: string, owner: SystemUser | undefined): Promise<void> {
  const mode = (await stat(dirname(folder))).mode & 0o777
  await mkdir(folder)
  await chmod(folder, mode)
  if (owner) await chown(folder, owner.uid, owner.gid)
}

export interface FilestoreOptions {
  readonly owner?: SystemUser | undefined
  readonly onBytes: (bytes: number) => void
  readonly signal?: AbortSignal | undefined
}

/**
 * Writes the files of a snapshot into a folder that is there. Every path must stay inside of it, every length
 * be as promised and every content match the SHA-1 in its name; Odoo's `checklist/` is left out. Rights are
 * those of the folder.
 * @throws OdooError `file_corrupt`, `disk_full`, `permission_denied`
 */
export async function loadFilestore(
  snapshot: Pick<RestorableSnapshot, 'files'>,
  folder: string,
  options: FilestoreOptions,
): Promise<FilestoreLoad> {
  const mode = (await stat(folder)).mode & 0o777
  const folders = new Set<string>([folder])
  let fileCount = 0
  let fileBytes = 0
  try {
    for await (const file of snapshot.files()) {
      if (options.signal?.aborted) throw new OdooError('cancelled', 'The restore was cancelled.')
      if (!isInside(file.path))
        throw new OdooError(
          'file_corrupt',
          `The backup holds a file with the path ${JSON.stringify(file.path)}.`,
        )
      if (isSpooled(file.path)) continue
      const target = join(folder, file.path)
      await makeFolders(dirname(target), folders, mode, options.owner)
      const written = await writeChecked(await file.open(), target, file.path, mode & 0o666, options)
      if (written !== file.sizeBytes)
        throw new OdooError(
          'file_corrupt',
          `The stored file ${JSON.stringify(file.path)} has ${written} bytes in the backup instead of ${file.sizeBytes}.`,
        )
      fileCount++
      fileBytes += written
    }
  } catch (error) {
    throw fileFault(error, folder)
  }
  return { fileCount, fileBytes }
}

async function makeFolders(
  wanted: string,
  made: Set<string>,
  mode: number,
  owner: SystemUser | undefined,
): Promise<void> {
  if (made.has(wanted)) return
  await makeFolders(dirname(wanted), made, mode, owner)
  await mkdir(wanted, { recursive: true })
  await chmod(wanted, mode)
  if (owner) await chown(wanted, owner.uid, owner.gid)
  made.add(wanted)
}

async function writeChecked(
  content: NodeJS.ReadableStream,
  target: string,
  path: string,
  mode: number,
  options: FilestoreOptions,
): Promise<number> {
  const hash = createHash('sha1')
  let bytes = 0
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      bytes += chunk.length
      options.onBytes(chunk.length)
      done(null, chunk)
    },
  })
  // 'wx': two entries of one name are a fault of the backup, not a file to be overwritten.
  await pipeline(content, meter, createWriteStream(target, { flags: 'wx', mode }))
  const promised = promisedSha1(path)
  if (promised !== undefined && hash.digest('hex') !== promised)
    throw new OdooError(
      'file_corrupt',
      `The stored file ${JSON.stringify(path)} does not hold what its name promises (its SHA-1 differs).`,
    )
  if (options.owner) await lchown(target, options.owner.uid, options.owner.gid)
  return bytes
}

function fileFault(error: unknown, folder: string): unknown {
  const code = error !== null && typeof error === 'object' && 'code' in error ? error.code : undefined
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new OdooError('disk_full', `The disk of the filestore (${folder}) is full. Free space there.`, {
      cause: error,
    })
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new OdooError(
      'permission_denied',
      `The filestore (${folder}) may not be written. Run the agent as Odoo's system user or as root.`,
      { cause: error },
    )
  if (code === 'EEXIST')
    return new OdooError('file_corrupt', 'The backup holds two files of one name.', { cause: error })
  return error
}
