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
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of throughGpg(start, ['--decrypt'], options, judge)) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes >= MOST_BYTES) break
  }
  return Buffer.concat(chunks).subarray(0, MOST_BYTES)
}

/** A message that is cut off, as this one is, ends badly: what counts is whether content came of it (PLAINTEXT). */
function judge({ statusLines, messages }: GpgOutcome): BackupFormatError | undefined {
  if (statusLines.some(line => line.startsWith('[GNUPG:] PLAINTEXT '))) return undefined
  const cause = new Error(messages)
  if (statusLines.some(line => line.includes('BAD_PASSPHRASE'))) return wrongPassword(cause)
  return new BackupFormatError('decryption_failed', 'This is not an encrypted backup, or it is damaged.', {
    cause,
  })
}
