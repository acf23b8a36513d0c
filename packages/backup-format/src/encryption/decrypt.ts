import type { Readable } from 'node:stream'
import { BackupFormatError } from '../errors.ts'
import { type EncryptionOptions, type GpgOutcome, passwordFault, throughGpg } from './gpg.ts'

/**
 * Decrypts what `encrypt` or the Odoo module odoo_backup_sh made (binary or armored). Nothing of it may be
 * believed before the stream has ended well: only then has gpg confirmed that the message is whole, encrypted
 * and unchanged. A wrong password is the error `wrong_password`.
 */
export function decrypt(body: Readable, options: EncryptionOptions): Readable {
  if (passwordFault(options.password) !== undefined) {
    body.destroy()
    throw wrongPassword()
  }
  return throughGpg(body, ['--decrypt'], options, judge)
}

function judge({ exitStatus, statusLines, messages }: GpgOutcome): BackupFormatError | undefined {
  const reported = (what: string) => statusLines.some(line => line.startsWith(`[GNUPG:] ${what}`))
  // gpg passes a message through that was never encrypted, and ends well: it takes all three to believe it.
  if (exitStatus === 0 && reported('DECRYPTION_OKAY') && reported('GOODMDC')) return undefined
  const cause = new Error(messages)
  if (statusLines.some(line => line.includes('BAD_PASSPHRASE'))) return wrongPassword(cause)
  // Ended by a signal, such as for want of memory: that says nothing of the backup.
  if (exitStatus === null) {
    return new BackupFormatError('encryption_failed', 'gpg was ended before it was done. Try again.', {
      cause,
    })
  }
  if (!reported('BEGIN_DECRYPTION')) {
    return new BackupFormatError('decryption_failed', 'This is not an encrypted backup.', { cause })
  }
  return new BackupFormatError(
    'decryption_failed',
    'The encrypted backup is damaged or cut off; nothing of it can be trusted.',
    { cause },
  )
}

/** What gpg, or a look at the password alone, found out. */
export function wrongPassword(cause?: Error): BackupFormatError {
  return new BackupFormatError('wrong_password', 'The encryption password is wrong.', { cause })
}
