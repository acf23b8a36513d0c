import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
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
 * Makes sure that files can be written in the folder, and removes what killed processes left unfinished.
 *
 * @param options.makes makes the folder if it is missing. A command does not: where it is missing, this is not the
 * broker's machine.
 * @throws StateFolderError
 */
export async function openStateFolder(folder: string, { makes }: { readonly makes: boolean }): Promise<void> {
  if (makes) await told(folder, 'made', () => mkdir(folder, { recursive: true, mode: 0o700 }))
  const names = await told(folder, 'read', () => readdir(folder))
  for (const name of names) if (name.startsWith(UNNAMED)) await rm(join(folder, name), { force: true })
  // As much as a disk gives out at once: a file that is empty, or short, may find room where the next one does not.
  await rm(await writeUnnamed(folder, ' '.repeat(4096)), { force: true })
}

/**
 * Writes a file whole and down to the disk, under a name that nobody reads. It has mode 0600, and where root writes it
 * the owner of the file that it follows, or else of the folder: what root's command writes, the service must be able to
 * read.
 * @throws StateFolderError
 */
export async function writeUnnamed(folder: string, text: string, follows = folder): Promise<string> {
  const path = join(folder, `${UNNAMED}${randomUUID()}`)
  return await told(folder, 'written', async () => {
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
  })
}

/** What was named or removed in the folder outlives a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}

/** @throws StateFolderError for what `work` rejects with */
export async function told<Answer>(path: string, verb: string, work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof StateFolderError) throw error
    const reason = codeOf(error) ?? 'unknown'
    const remedy = REMEDIES[reason] ?? 'Let the user that the broker runs as own it.'
    throw new StateFolderError(`BROKER_STATE_FOLDER: ${path} cannot be ${verb} (${reason}). ${remedy}`, {
      cause: error,
    })
  }
}

const REMEDIES: Readonly<Record<string, string>> = {
  ENOENT:
    'The broker makes this folder when it starts: run commands on its machine, with its settings, and see that the volume is mounted.',
  ENOTDIR: 'Give a folder.',
  EEXIST: 'Give a folder.',
  ENOSPC: 'Its disk is full: free space there.',
  EDQUOT: 'The quota of its owner is used up: free space there, or raise it.',
  EROFS: 'Its disk is mounted for reading only: mount it for writing, or look why the system did so.',
}

/** The `code` of an error of the system, such as `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
