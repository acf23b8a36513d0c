import type { Readable } from 'node:stream'
import { BackupFormatError } from '../errors.ts'
import { wrongPassword } from './decrypt.ts'
import { type EncryptionOptions, type GpgOutcome, passwordFault, throughGpg } from './gpg.ts'

/** So much of an encrypted backup holds its headers and the first bytes of its content, armored or not. */
export const START_BYTES = 64 * 1024
const MOST_BYTES = 64

/**
 * The first bytes of what an encrypted backup holds, from its own first `START_BYTES`: to tell at once whether the
 * password is right, and what is inside. Good for nothing else: gpg has not seen the end of the message.
 * @throws BackupFormatError `wrong_password`, `decryption_failed`
 */
export async function decryptStart(start: Readable, options: EncryptionOptions): Promise<Buffer> {
  if (passwordFault(options.password) !== undefined) {
    start.destroy()
    throw wrongPassword()
  }
  let first = Buffer.alloc(0)
  // To the end, though most of it is thrown away: only there does gpg's report say whether any of it was encrypted.
  for await (const chunk of throughGpg(start, ['--decrypt'], options, judge)) {
    if (first.length < MOST_BYTES) first = Buffer.concat([first, chunk])
  }
  return first.subarray(0, MOST_BYTES)
}

/**
 * A message that is cut off, as this one is, ends badly: what counts is whether content came of it (PLAINTEXT), and
 * came of decryption: gpg passes through what was never encrypted.
 */
function judge({ statusLines, messages }: GpgOutcome): BackupFormatError | undefined {
  const reported = (what: string) => statusLines.some(line => line.startsWith(`[GNUPG:] ${what}`))
  if (reported('BEGIN_DECRYPTION') && reported('PLAINTEXT ')) return undefined
  const cause = new Error(messages)
  if (statusLines.some(line => line.includes('BAD_PASSPHRASE'))) return wrongPassword(cause)
  return new BackupFormatError('decryption_failed', 'This is not an encrypted backup, or it is damaged.', {
    cause,
  })
}
