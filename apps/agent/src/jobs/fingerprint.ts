import { scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { AgentError } from '../errors.ts'

const derive = promisify<string, string, number, Buffer>(scrypt)

/** Eight hexadecimal digits by which two passwords can be told apart and none can be guessed. */
export async function passwordFingerprint(password: string, instanceId: string): Promise<string> {
  return (await derive(password, `odoo-backup fingerprint ${instanceId}`, 4)).toString('hex')
}

/**
 * Refuses to encrypt with a password other than that of the last backup: a slip of the finger in it would cost
 * every backup from then on, and be noticed when one is needed.
 */
export function checkFingerprint(database: string, last: string | undefined, now: string): void {
  if (last === undefined || last === now) return
  throw new AgentError(
    'encryption_unconfirmed',
    `The encryption password of ${database} is not the one that its last backup used. If that is meant, keep both passwords elsewhere, then change it through the settings, or remove the line odoo_backup_sh_encryption_fingerprint.`,
  )
}
