import type { Readable } from 'node:stream'
import { BackupFormatError } from '../errors.ts'
import { type EncryptionOptions, passwordFault, throughGpg } from './gpg.ts'

/**
 * AES-256 with a key derived from the password by the most rounds that OpenPGP's iterated S2K knows, over
 * SHA-512; archives are compressed already. What gpg 2.2 reads, so no AEAD mode.
 */
const COMMAND = [
  '--symmetric',
  ...['--cipher-algo', 'AES256'],
  ...['--s2k-cipher-algo', 'AES256'],
  ...['--s2k-digest-algo', 'SHA512'],
  ...['--s2k-mode', '3'],
  ...['--s2k-count', '65011712'],
  ...['--compress-algo', 'none'],
]

/** Encrypts a stream with a password, so that `gpg --decrypt` opens it. Binary, in constant memory. */
export function encrypt(body: Readable, options: EncryptionOptions): Readable {
  const fault = passwordFault(options.password)
  if (fault !== undefined) {
    body.destroy()
    throw new BackupFormatError('encryption_failed', fault)
  }
  return throughGpg(body, COMMAND, options, outcome =>
    outcome.exitStatus === 0 && outcome.statusLines.some(line => line.startsWith('[GNUPG:] END_ENCRYPTION'))
      ? undefined
      : new BackupFormatError('encryption_failed', 'gpg could not encrypt the backup.', {
          cause: new Error(outcome.messages),
        }),
  )
}
