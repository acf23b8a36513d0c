import { link, lstat, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { StorageError } from '../errors.ts'
import { systemCode } from './failures.ts'
import { partialName } from './keys.ts'

/** Gives a file a second name; rejects with the system's own error where the name is taken. */
export type HardLink = (existing: string, name: string) => Promise<void>

/** What file systems say that know no second name of a file, such as FAT and some of the network. */
const KNOWS_NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])

/**
 * Gives a file that is whole a name that nothing has, in one step: it is refused where the name is taken, and a crash
 * leaves the whole file there or none.
 */
export async function takeName(partial: string, path: string, hardLink: HardLink = link): Promise<void> {
  try {
    await hardLink(partial, path)
  } catch (error) {
    if (!KNOWS_NO_LINKS.has(systemCode(error) ?? '')) throw error
    await takeByClaim(partial, path)
  }
}

/**
 * Where there are no links: whoever makes the claim, of whom there is one, looks and renames. The claim of a writer that
 * died stays, and with it the name is taken: its owner takes another.
 */
async function takeByClaim(partial: string, path: string): Promise<void> {
  const claim = join(dirname(path), partialName(`claim-${basename(path)}`))
  const held = await open(claim, 'wx', 0o600)
  try {
    await held.close()
    if (await exists(path))
      throw new StorageError(
        'object_exists',
        `Could not store ${basename(path)}: there is a file of this name already.`,
      )
    await rename(partial, path)
  } finally {
    await rm(claim, { force: true })
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false
    throw error
  }
}
