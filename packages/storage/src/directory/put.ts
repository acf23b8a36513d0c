import { createHash, randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import type { PutOptions, SentObject } from '../storage.ts'
import type { Bandwidth } from '../streams/bandwidth.ts'
import { chunksOf, end } from '../streams/chunks.ts'
import { etagOf } from './etag.ts'
import { systemCode } from './failures.ts'
import { partialName } from './keys.ts'
import { type HardLink, takeName } from './take-name.ts'

const KNOWS_NO_SYNC = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])

export interface FilePutOptions extends PutOptions {
  readonly bandwidth?: Bandwidth | undefined
  readonly hardLink?: HardLink | undefined
}

/**
 * Writes a file beside its final name and gives it that name when it is whole and on the disk, so that a crash
 * leaves the old file or the new one and never a half.
 */
export async function putFile(
  path: string,
  key: string,
  body: Readable | Uint8Array,
  options: FilePutOptions,
): Promise<SentObject> {
  const id = randomUUID()
  const partial = join(dirname(path), partialName(id))
  try {
    options.signal?.throwIfAborted()
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await options.onUploadOpened?.({ key, uploadId: id })
    const file = await open(partial, 'wx', 0o600)
    try {
      const written = await write(file, body, options)
      await file.sync()
      const etag = etagOf(await file.stat({ bigint: true }))
      await (options.ifAbsent ? takeName(partial, path, options.hardLink) : rename(partial, path))
      await syncFolder(dirname(path))
      return { key, ...written, expectedEtag: etag, storeEtag: etag }
    } finally {
      await file.close()
    }
  } catch (error) {
    options.signal?.throwIfAborted()
    throw error
  } finally {
    end(body)
    await rm(partial, { force: true })
  }
}

async function write(
  file: FileHandle,
  body: Readable | Uint8Array,
  options: FilePutOptions,
): Promise<{ sizeBytes: number; sha256: string }> {
  const { bandwidth, signal } = options
  const hash = createHash('sha256')
  let sizeBytes = 0
  for await (const bytes of chunksOf(body, signal)) {
    for await (const piece of bandwidth?.pace(bytes, signal) ?? [bytes])
      for (let at = 0; at < piece.length; ) at += (await file.write(piece, at)).bytesWritten
    hash.update(bytes)
    sizeBytes += bytes.length
    options.onProgress?.(sizeBytes)
  }
  if (sizeBytes === 0) options.onProgress?.(0)
  return { sizeBytes, sha256: hash.digest('hex') }
}

/** Makes a new name last: without it, a power failure may forget it. Some file systems of the network know no such call. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync().catch(error => {
      if (!KNOWS_NO_SYNC.has(systemCode(error) ?? '')) throw error
    })
  } finally {
    await handle.close()
  }
}

/** Where an upload that never ended has its bytes. */
export function partialPath(path: string, uploadId: string): string {
  return join(dirname(path), partialName(basename(uploadId)))
}
