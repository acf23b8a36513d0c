import { AgentError } from '../errors.ts'
import { secretInFile } from './secrets.ts'
import type { World } from './world.ts'

const VARIABLE = 'ODOO_BACKUP_ENCRYPTION_PASSWORD'

export interface PasswordOptions {
  readonly encryptionPasswordFile?: string
}

/** For the help of each command that takes one. */
export const PASSWORD_FILE_OPTION = [
  '--encryption-password-file <path>',
  'read the encryption password from this file; the end of its last line is no part of it',
] as const

/** The password given by file or environment; never by an argument, which every user of the machine can read. */
export async function givenPassword(world: World, options: PasswordOptions): Promise<string | undefined> {
  const file = options.encryptionPasswordFile
  if (file !== undefined) return secretInFile(file)
  return world.environment[VARIABLE] || undefined
}

/**
 * Runs `start`, and again with a password asked on the terminal when it turns out that one is needed: what the
 * configuration knows is not asked for.
 */
export async function withPassword<Result>(
  world: World,
  options: PasswordOptions,
  start: (secrets: { encryptionPassword?: string }) => Promise<Result>,
): Promise<Result> {
  const given = await givenPassword(world, options)
  try {
    return await start(given === undefined ? {} : { encryptionPassword: given })
  } catch (error) {
    const needed = error instanceof AgentError && error.code === 'encryption_password_required'
    if (!needed || given !== undefined || world.ask === undefined) throw error
    return start({ encryptionPassword: await world.ask('Encryption password: ', { hidden: true }) })
  }
}
