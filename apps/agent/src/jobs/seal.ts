import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { privateFolder } from '../config/file.ts'
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
  const keyFile = async () => join(await privateFolder(configurationFile, 'seal'), 'key')
  const key = async () => {
    const path = await keyFile()
    // Two processes may begin at once: the first one's key stands.
    await writeFile(path, randomBytes(KEY_BYTES), { flag: 'wx', mode: 0o600 }).catch(error => {
      if (systemErrorCode(error) !== 'EEXIST') throw error
    })
    return readFile(path)
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
