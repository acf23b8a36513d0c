import { access, constants, statfs } from 'node:fs/promises'
import { userInfo } from 'node:os'
import type { Finding } from '@odoo-backup/protocol'
import { judgeDisk } from './filestore.ts'

const CHECK = 'temporary folder'

/** Encrypted archives are decrypted there before they are restored or tried. */
export async function temporaryFolder(folder: string): Promise<Finding> {
  const fault = (what: string): Finding => ({
    check: CHECK,
    state: 'fault',
    message: `${what}: no encrypted backup can be restored or tried.`,
    advice: 'Make it writable, or set TMPDIR to another folder where the agent is started.',
  })
  try {
    await access(folder, constants.W_OK | constants.X_OK)
    const { bavail, bsize } = await statfs(folder)
    const found = judgeDisk(CHECK, bavail * bsize, `are free for temporary files, at ${folder}`)
    if (found.state === 'ok') return found
    return {
      ...found,
      advice:
        'An encrypted backup needs room for its archive there. Make room, or set TMPDIR to another folder.',
    }
  } catch {
    return fault(`${folder} is no folder that ${userInfo().username} may write`)
  }
}
