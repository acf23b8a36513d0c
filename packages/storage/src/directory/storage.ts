import { lstat, open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { DeletionIncompleteError, StorageError } from '../errors.ts'
import type { GetOptions, Storage, StoredObject } from '../storage.ts'
import type { Bandwidth } from '../streams/bandwidth.ts'
import { etagOf } from './etag.ts'
import { systemCode, translateSystemError } from './failures.ts'
import { isPartial, pathOf } from './keys.ts'
import { partialPath, putFile } from './put.ts'
import type { HardLink } from './take-name.ts'

export interface DirectoryStorageOptions {
  readonly folder: string
  /** Of what is written; shared by all storages that have a limit together. Absent: as fast as it goes. */
  readonly bandwidth?: Bandwidth | undefined
  /** How the file system gives a file a second name; by default as it does. */
  readonly hardLink?: HardLink | undefined
}

/**
 * A folder of this machine or of a mounted file system. It must exist: made anew, a disk that is not mounted
 * would look like an empty store and fill the disk below it.
 */
export function createDirectoryStorage(options: DirectoryStorageOptions): Storage {
  const { folder, bandwidth, hardLink } = options
  return {
    put: (key, body, putOptions = {}) =>
      guarded(folder, `store ${key}`, () =>
        putFile(pathOf(folder, key), key, body, { ...putOptions, bandwidth, hardLink }),
      ),
    get: (key, getOptions = {}) =>
      guarded(folder, `read ${key}`, () => getFile(pathOf(folder, key), key, getOptions)),
    head: key => guarded(folder, `look at ${key}`, () => look(pathOf(folder, key), key)),
    list: (prefix, { signal } = {}) => list(folder, prefix, signal),
    delete: (keys, { signal } = {}) => guarded(folder, 'delete', () => deleteFiles(folder, keys, signal)),
    abortUpload: ({ key, uploadId }) =>
      guarded(folder, `remove the unfinished ${key}`, () =>
        rm(partialPath(pathOf(folder, key), uploadId), { force: true }),
      ),
    // None is begun here before its id is noted.
    abortUploads: async () => undefined,
  }
}

async function guarded<T>(folder: string, what: string, work: () => Promise<T>): Promise<T> {
  try {
    await requireFolder(folder)
    return await work()
  } catch (error) {
    throw translateSystemError(error, what)
  }
}

async function requireFolder(folder: string): Promise<void> {
  try {
    if ((await stat(folder)).isDirectory()) return
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error
  }
  const message = `The folder ${folder} does not exist: make it, or mount its disk.`
  throw new StorageError('bucket_missing', message, { ofFolder: true })
}

async function look(path: string, key: string): Promise<StoredObject> {
  const file = await lstat(path, { bigint: true })
  if (!file.isFile()) throw new StorageError('object_missing', `${key} is not in the store.`)
  return { key, sizeBytes: Number(file.size), etag: etagOf(file), modifiedAt: file.mtime }
}

async function getFile(path: string, key: string, { range, ifMatch, signal }: GetOptions): Promise<Readable> {
  await look(path, key)
  const file = await open(path, 'r')
  try {
    if (ifMatch !== undefined && ifMatch !== etagOf(await file.stat({ bigint: true }))) {
      throw new StorageError('object_changed', `Could not read ${key}: the file has changed meanwhile.`)
    }
    return file.createReadStream({
      ...(range === undefined ? {} : { start: range.start, end: range.end }),
      ...(signal === undefined ? {} : { signal }),
      highWaterMark: 1024 * 1024,
    })
  } catch (error) {
    await file.close()
    throw error
  }
}

async function* list(
  folder: string,
  prefix: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<StoredObject> {
  try {
    await requireFolder(folder)
    const below = prefix.slice(0, prefix.lastIndexOf('/') + 1)
    if (below !== '') pathOf(folder, below.slice(0, -1))
    yield* walk(folder, below, prefix, signal)
  } catch (error) {
    throw translateSystemError(error, `list ${folder}`)
  }
}

/** In the order of whole keys, as S3 lists: a folder counts as its name with the slash. */
async function* walk(
  folder: string,
  below: string,
  prefix: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<StoredObject> {
  signal?.throwIfAborted()
  const entries = await readdir(join(folder, below), { withFileTypes: true }).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT' && below !== '') return []
    throw error
  })
  const names = entries
    .filter(entry => entry.isDirectory() || (entry.isFile() && !isPartial(entry.name)))
    .map(entry => (entry.isDirectory() ? `${entry.name}/` : entry.name))
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  for (const name of names) {
    const key = `${below}${name}`
    if (name.endsWith('/')) {
      if (key.startsWith(prefix) || prefix.startsWith(key)) yield* walk(folder, key, prefix, signal)
    } else if (key.startsWith(prefix)) {
      const object = await look(join(folder, key), key).catch((error: unknown) => {
        if (systemCode(error) === 'ENOENT') return undefined
        throw error
      })
      if (object !== undefined) yield object
    }
  }
}

async function deleteFiles(
  folder: string,
  keys: readonly string[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const remaining: string[] = []
  let cause: unknown
  for (const key of keys) {
    signal?.throwIfAborted()
    try {
      await rm(pathOf(folder, key), { force: true })
    } catch (error) {
      remaining.push(key)
      cause = translateSystemError(error, `delete ${key}`)
    }
  }
  if (remaining.length > 0) throw new DeletionIncompleteError(remaining, cause)
}
