import { randomUUID } from 'node:crypto'
import { link, mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import { z } from 'zod'

export const StateFolderSettings = z.object({
  /**
   * Where a broker without Redis notes how far its books have come, on another volume than the database. Not set: it
   * is in Redis, or no money moves.
   */
  BROKER_STATE_FOLDER: z
    .string()
    .refine(isAbsolute, 'Give the whole path of a folder, such as /var/lib/odoo-backup-broker.')
    .optional(),
})
export type StateFolderSettings = z.output<typeof StateFolderSettings>

/** The folder of `BROKER_STATE_FOLDER`, or a file in it, cannot be used; the message says what to do about it. */
export class StateFolderError extends Error {
  readonly code = 'state_folder_unusable'
  override readonly name = 'StateFolderError'
}

/** A file of the state folder, whole and on the disk, that has no name of its own yet. */
const UNNAMED = '.unnamed-'

/**
 * Makes sure that files can be written in the folder and get their names there, and removes what killed processes left
 * unfinished.
 *
 * @param options.makes makes the folder if it is missing, and none above it. A command does not: where it is missing,
 * this is not the broker's machine.
 * @param options.names gives a file a second name: `link`
 * @throws StateFolderError
 */
export async function openStateFolder(
  folder: string,
  { makes, names = link }: { readonly makes: boolean; readonly names?: typeof link },
): Promise<void> {
  const remedies = makes ? {} : OF_COMMANDS
  for (const name of await namesIn(folder, makes))
    if (name.startsWith(UNNAMED))
      await told(folder, 'written', () => rm(join(folder, name), { force: true }), remedies)
  await tryNames(folder, names, remedies)
}

/** What is in the folder, which is made if it is missing and `makes`. */
async function namesIn(folder: string, makes: boolean): Promise<readonly string[]> {
  if (!makes) return told(folder, 'read', () => readdir(folder), OF_COMMANDS)
  const names = await told(folder, 'read', () =>
    readdir(folder).catch(error => (codeOf(error) === 'ENOENT' ? undefined : Promise.reject(error))),
  )
  if (names !== undefined) return names
  // Never the folders above: where their disk is not mounted, what is made there is on another one.
  // EEXIST: another process that started made it first.
  const make = () =>
    mkdir(folder, { mode: 0o700 }).catch(error =>
      codeOf(error) === 'EEXIST' ? undefined : Promise.reject(error),
    )
  await told(folder, 'made', make, ofMaking(folder))
  return told(folder, 'read', () => readdir(folder))
}

/** Writes a file, gives it a second name, and removes both. */
async function tryNames(folder: string, names: typeof link, remedies: Remedies): Promise<void> {
  for (;;) {
    // As much as a disk gives out at once: a file that is empty, or short, may find room where the next one does not.
    const path = await told(folder, 'written', () => write(folder, ' '.repeat(4096), folder), remedies)
    const second = join(folder, `${UNNAMED}${randomUUID()}`)
    try {
      await told(folder, 'used for hard links', () => names(path, second), OF_LINKS)
      return
    } catch (error) {
      // Another process that started took the file for one that was left behind.
      if (!(error instanceof StateFolderError && codeOf(error.cause) === 'ENOENT')) throw error
    } finally {
      for (const made of [path, second]) await rm(made, { force: true })
    }
  }
}

/**
 * Writes a file whole and down to the disk, under a name that nobody reads. It has mode 0600, and where root writes it
 * the owner of the file that it follows, or else of the folder: what root's command writes, the service must be able to
 * read.
 * @throws StateFolderError
 */
export async function writeUnnamed(folder: string, text: string, follows = folder): Promise<string> {
  return told(folder, 'written', () => write(folder, text, follows))
}

async function write(folder: string, text: string, follows: string): Promise<string> {
  const path = join(folder, `${UNNAMED}${randomUUID()}`)
  const handle = await open(path, 'wx', 0o600)
  try {
    if (process.getuid?.() === 0) {
      const { uid, gid } = await stat(follows).catch(() => stat(folder))
      await handle.chown(uid, gid)
    }
    await handle.writeFile(text)
    await handle.sync()
    return path
  } catch (error) {
    await rm(path, { force: true })
    throw error
  } finally {
    await handle.close()
  }
}

/** What was named or removed in the folder outlives a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}

/** What to do about an error of the system, by its code. */
type Remedies = Readonly<Record<string, string>>

/**
 * @param remedies those that go before the usual ones
 * @throws StateFolderError for what `work` rejects with
 */
export async function told<Answer>(
  path: string,
  verb: string,
  work: () => Promise<Answer>,
  remedies: Remedies = {},
): Promise<Answer> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof StateFolderError) throw error
    const reason = codeOf(error) ?? 'unknown'
    const remedy =
      remedies[reason] ??
      REMEDIES[reason] ??
      'Let the user that the broker runs as own it, and run commands as that user or as root.'
    throw new StateFolderError(`BROKER_STATE_FOLDER: ${path} cannot be ${verb} (${reason}). ${remedy}`, {
      cause: error,
    })
  }
}

const REMEDIES: Remedies = {
  ENOENT:
    'The broker makes this folder when it starts: run commands on its machine, with its settings, and see that the volume is mounted.',
  ENOTDIR: 'Give a folder.',
  ENOSPC: 'Its disk is full: free space there.',
  EDQUOT: 'The quota of its owner is used up: free space there, or raise it.',
  EROFS: 'Its disk is mounted for reading only: mount it for writing, or look why the system did so.',
  EIO: 'Its disk fails: look into the log of the system.',
}

const AS_THE_BROKER = 'Run this command as the user that the broker runs as, or as root.'
const OF_COMMANDS: Remedies = { EACCES: AS_THE_BROKER, EPERM: AS_THE_BROKER }

const NO_LINKS = 'This file system has no hard links: name a folder on another one.'
const OF_LINKS: Remedies = { EPERM: NO_LINKS, ENOTSUP: NO_LINKS, EOPNOTSUPP: NO_LINKS, ENOSYS: NO_LINKS }

function ofMaking(folder: string): Remedies {
  const command = `Make it as root: install -d -m 700 -o USER '${folder}', where USER is the one that the broker runs as.`
  return {
    ENOENT: `There is no ${dirname(folder)}: see that its disk is mounted. The broker makes the last folder of the path, and none above it.`,
    EACCES: command,
    EPERM: command,
  }
}

/** The `code` of an error of the system, such as `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
