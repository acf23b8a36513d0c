import { createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'
import { link, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { makePrivateFile, privateFolder } from '../config/file.ts'
import { systemErrorCode } from '../system-error.ts'

/** What a seal vouches for. */
export interface SealedArchive {
  readonly name: string
  readonly sizeBytes: number
  /** Hexadecimal, of the archive as it is stored. */
  readonly sha256: string
}

/**
 * Says of an archive that this very server made it, byte for byte. `.info` alone cannot: whoever may write the bucket
 * could replace both. The key is in a file of mode 0600 beside the configuration file and never leaves this machine;
 * without it nothing is sealed by us, and a new machine does not take over what another sealed.
 */
export interface Seal {
  of(archive: SealedArchive): Promise<string>
  isRight(archive: SealedArchive, seal: string): Promise<boolean>
}

const KEY_BYTES = 32

export function createSeal(configurationFile: string): Seal {
  const key = async () => {
    const path = join(`${configurationFile}.d`, 'seal', 'key')
    return (await keyAt(path)) ?? makeKey(path, configurationFile)
  }
  const of = async ({ name, sizeBytes, sha256 }: SealedArchive) =>
    createHmac('sha256', await key())
      .update(JSON.stringify([name, sizeBytes, sha256]))
      .digest('hex')
  return {
    of,
    isRight: async (archive, seal) => {
      const [wanted, given] = [Buffer.from(await of(archive)), Buffer.from(seal)]
      return wanted.length === given.length && timingSafeEqual(wanted, given)
    },
  }
}

/** The key; undefined where there is none, or a piece of one that a full disk left: everybody could guess that. */
async function keyAt(path: string): Promise<Buffer | undefined> {
  const found = await readFile(path).catch(error => {
    if (systemErrorCode(error) === 'ENOENT') return undefined
    throw error
  })
  return found?.length === KEY_BYTES ? found : undefined
}

/** Whole or not at all, and of the configuration's owner, as whom the service may run where root ran a command. */
async function makeKey(path: string, configurationFile: string): Promise<Buffer> {
  const folder = await privateFolder(configurationFile, 'seal')
  const temporary = join(folder, randomUUID())
  try {
    await makePrivateFile(temporary, randomBytes(KEY_BYTES))
    // Two processes may begin at once: the first one's key stands, if it is one.
    await link(temporary, path).catch(async error => {
      if (systemErrorCode(error) !== 'EEXIST') throw error
      if ((await keyAt(path)) === undefined) await rename(temporary, path)
    })
  } finally {
    await rm(temporary, { force: true })
  }
  const made = await keyAt(path)
  if (made === undefined) throw new Error(`The key of the seal could not be kept in ${path}.`)
  return made
}
