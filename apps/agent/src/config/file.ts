import { randomUUID } from 'node:crypto'
import { chmod, chown, mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { AgentError } from '../errors.ts'
import { systemErrorCode } from '../system-error.ts'

/** What tells one state of a file from another without reading it. */
export interface FileVersion {
  readonly inode: bigint
  readonly sizeBytes: bigint
  readonly modifiedNs: bigint
}

export interface ReadFile {
  readonly text: string
  readonly version: FileVersion | undefined
}

/** The file's text, from one open handle, so that text and version belong together. Missing: empty text. */
async function readConfigurationFile(path: string): Promise<ReadFile> {
  const handle = await open(path, 'r').catch(error => {
    if (systemErrorCode(error) === 'ENOENT') return undefined
    throw unusable(path, 'read', error)
  })
  if (handle === undefined) return { text: '', version: undefined }
  try {
    const found = await handle.stat({ bigint: true })
    if ((found.mode & 0o077n) !== 0n) await handle.chmod(0o600).catch(() => undefined)
    const text = await handle.readFile('utf8')
    return { text: text.replace(/^\uFEFF/, ''), version: versionOf(found) }
  } catch (error) {
    throw unusable(path, 'read', error)
  } finally {
    await handle.close()
  }
}

/** An editor that writes in place empties the file first; between two looks so far apart it has gone on writing. */
const SETTLE_MS = 50
const MOST_LOOKS = 40

/**
 * As `readConfigurationFile`, but a file in another state than `known` is looked at until two looks agree (two seconds
 * at most): half a file is neither obeyed nor written back as the whole.
 */
export async function readSettledFile(
  path: string,
  known: FileVersion | undefined,
  pause: (ms: number) => Promise<void> = delay,
): Promise<ReadFile> {
  let found = await readConfigurationFile(path)
  for (let looks = 1; looks < MOST_LOOKS && !sameVersion(found.version, known); looks++) {
    await pause(SETTLE_MS)
    if (sameVersion(found.version, await versionOfFile(path))) break
    found = await readConfigurationFile(path)
  }
  return found
}

export async function versionOfFile(path: string): Promise<FileVersion | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined)
  return found === undefined ? undefined : versionOf(found)
}

export function sameVersion(one: FileVersion | undefined, other: FileVersion | undefined): boolean {
  return (
    one?.inode === other?.inode &&
    one?.sizeBytes === other?.sizeBytes &&
    one?.modifiedNs === other?.modifiedNs
  )
}

/**
 * Replaces the file as a whole: a reader sees the old text or the new one, a crash leaves one of them. The new
 * file has mode 0600 from its first byte and the owner of the old one (of the folder, if there was none).
 */
export async function replaceConfigurationFile(
  path: string,
  text: string,
  beforeCommit: () => Promise<void>,
): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}`)
  try {
    const owner = await stat(path).catch(() => stat(dirname(path)))
    const handle = await open(temporary, 'wx', 0o600)
    try {
      await handle.writeFile(text)
      if (process.getuid?.() === 0) await handle.chown(owner.uid, owner.gid)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await beforeCommit()
    await rename(temporary, path)
    await syncFolder(dirname(path))
  } catch (error) {
    await rm(temporary, { force: true })
    throw error instanceof AgentError ? error : unusable(path, 'written', error)
  }
}

/** The file itself behind links, so that it is replaced and not the link. Makes its folder if it is missing. */
export async function resolvedPath(path: string): Promise<string> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    return await realpath(path).catch(async () => join(await realpath(dirname(path)), basename(path)))
  } catch (error) {
    throw unusable(path, 'made', error)
  }
}

/** A private folder beside the configuration file, of the same owner. */
export async function privateFolder(configurationFile: string, name: string): Promise<string> {
  const folder = join(`${configurationFile}.d`, name)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  for (const made of [dirname(folder), folder]) {
    await chmod(made, 0o700)
    if (process.getuid?.() === 0) {
      const owner = await stat(configurationFile).catch(() => stat(dirname(configurationFile)))
      await chown(made, owner.uid, owner.gid)
    }
  }
  return folder
}

/**
 * Makes a file of mode 0600 in a private folder, of the folder's owner: what root's command writes, the service must
 * be able to read. Rejects with `EEXIST` where there is one.
 */
export async function makePrivateFile(path: string, content: string | Buffer): Promise<void> {
  const handle = await open(path, 'wx', 0o600)
  try {
    const { uid, gid } = await stat(dirname(path))
    if (process.getuid?.() === 0) await handle.chown(uid, gid)
    await handle.writeFile(content)
  } finally {
    await handle.close()
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}

function versionOf(found: { ino: bigint; size: bigint; mtimeNs: bigint }): FileVersion {
  return { inode: found.ino, sizeBytes: found.size, modifiedNs: found.mtimeNs }
}

/** `configuration_unwritable`, with what to do about the system's reason. */
export function unusable(path: string, verb: string, cause: unknown): AgentError {
  const reason = systemErrorCode(cause) ?? 'unknown'
  const remedy = REMEDIES[reason] ?? 'Let the user that the agent runs as own the file and its folder.'
  return new AgentError('configuration_unwritable', `${path} cannot be ${verb} (${reason}). ${remedy}`, {
    cause,
  })
}

const REMEDIES: Record<string, string> = {
  EACCES:
    'Run this as the user that the agent runs as, such as by sudo -u odoo; that user must own the file and its folder.',
  ENOSPC: 'Its disk is full: free space there.',
  EDQUOT: 'The quota of its owner is used up: free space there, or raise it.',
  EROFS: 'Its disk is mounted for reading only: mount it for writing, or look why the system did so.',
}
