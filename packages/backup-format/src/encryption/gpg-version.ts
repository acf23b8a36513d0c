import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { BackupFormatError } from '../errors.ts'

/** The version of the program that encrypts; throws `gpg_missing`. */
export async function gpgVersion(gpg = 'gpg'): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(gpg, ['--version'], { timeout: 10_000 })
    return /\d+(?:\.\d+)+/.exec(stdout)?.[0] ?? 'of an unknown version'
  } catch (cause) {
    throw new BackupFormatError('gpg_missing', 'The program gpg cannot be run: install the package gnupg.', {
      cause,
    })
  }
}
