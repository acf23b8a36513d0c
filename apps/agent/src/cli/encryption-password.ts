import { readFile } from 'node:fs/promises'
import { AgentError } from '../errors.ts'
import type { World } from './world.ts'

const VARIABLE = 'ODOO_BACKUP_ENCRYPTION_PASSWORD'

export interface PasswordOptions {
  readonly encryptionPasswordFile?: string
}

/** The password given by file or environment; never by an argument, which every user of the machine can read. */
export async function givenPassword(world: World, options: PasswordOptions): Promise<string | undefined> {
  const file = options.encryptionPasswordFile
  if (file === undefined) return world.environment[VARIABLE]
  try {
    return (await readFile(file, 'utf8')).replace(/\r?\n$/, '')
  } catch (cause) {
    throw new AgentError('invalid_request', `The password cannot be read from ${file}.`, { cause })
  }
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
