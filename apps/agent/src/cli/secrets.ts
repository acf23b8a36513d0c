import { readFile } from 'node:fs/promises'
import { AgentError } from '../errors.ts'
import type { World } from './world.ts'

/** Settings that are never taken from an argument, which every user of the machine can read. */
export const SECRET_SETTINGS: readonly string[] = [
  'encryptionPassword',
  'pingUrl',
  'destination.secretAccessKey',
  'storage.secretAccessKey',
  'notices.smtpPassword',
  'notices.webhook',
]

/**
 * The assignments with the secrets that they only name: `KEY=@FILE` reads a file, `KEY=-` standard input, `KEY` alone
 * asks on the terminal. A secret that stands in an argument is refused; an empty value, which removes, is none.
 */
export async function withSecrets(world: World, assignments: readonly string[]): Promise<string[]> {
  if (assignments.filter(assignment => SECRET_SETTINGS.some(key => assignment === `${key}=-`)).length > 1)
    throw new AgentError('invalid_request', 'Only one secret can come from standard input.')
  const resolved: string[] = []
  for (const assignment of assignments) {
    const [key = ''] = assignment.split('=', 1)
    const given = assignment === key ? undefined : assignment.slice(key.length + 1)
    const isSecret = SECRET_SETTINGS.includes(key) && given !== ''
    resolved.push(isSecret ? `${key}=${await secretOf(world, key, given)}` : assignment)
  }
  return resolved
}

async function secretOf(world: World, key: string, given: string | undefined): Promise<string> {
  const secret = given === undefined ? await asked(world, key) : await referred(world, key, given)
  if (secret === '') throw new AgentError('invalid_request', `${key}: what was given is empty.`)
  return secret
}

async function asked({ ask }: World, key: string): Promise<string> {
  if (ask === undefined)
    throw new AgentError('invalid_request', `There is no terminal to ask on. ${ways(key)}`)
  return ask(`${key}: `, { hidden: true })
}

async function referred(world: World, key: string, given: string): Promise<string> {
  if (given === '-') return withoutLineEnd(await world.readInput())
  if (given.startsWith('@')) return secretInFile(given.slice(1))
  throw new AgentError(
    'invalid_request',
    `${key} is a secret, and every user of this machine can read the arguments. ${ways(key)} If it was a real one, change it: it may have been seen.`,
  )
}

const ways = (key: string) =>
  `Write ${key}=@FILE to read it from a file, ${key}=- to read it from standard input, or ${key} alone to be asked.`

/** What a file holds, without its last line end; throws `invalid_request`. */
export async function secretInFile(path: string): Promise<string> {
  try {
    return withoutLineEnd(await readFile(path, 'utf8'))
  } catch (cause) {
    throw new AgentError('invalid_request', `The secret cannot be read from ${path}.`, { cause })
  }
}

const withoutLineEnd = (text: string) => text.replace(/\r?\n$/, '')
