import { randomUUID } from 'node:crypto'
import { open, readFile, rename, rm, stat } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { AgentError } from '../errors.ts'
import { systemErrorCode } from '../system-error.ts'
import { unusable } from './file.ts'

/** A holder needs milliseconds; one that is silent for so long has died. */
const STALE_AFTER_MS = 30_000
const GIVE_UP_AFTER_MS = 60_000

/**
 * Runs `work` while no other process that uses the same lock file does. `stillOurs` is asked right before what
 * must not happen twice. Leftovers of a process that died are taken over after 30 seconds.
 */
export async function withFileLock<T>(
  lockFile: string,
  work: (stillOurs: () => Promise<boolean>) => Promise<T>,
): Promise<T> {
  const token = `${process.pid} ${randomUUID()}`
  await acquire(lockFile, token)
  try {
    return await work(async () => (await contentOf(lockFile)) === token)
  } finally {
    if ((await contentOf(lockFile)) === token) await rm(lockFile, { force: true })
  }
}

async function acquire(lockFile: string, token: string): Promise<void> {
  const deadline = Date.now() + GIVE_UP_AFTER_MS
  while (!(await created(lockFile, token))) {
    await removeIfStale(lockFile)
    if (Date.now() > deadline)
      throw new AgentError(
        'configuration_unwritable',
        `${lockFile} has been held for a minute. If no other program of the agent is at work, remove it.`,
      )
    await delay(5 + Math.random() * 20)
  }
}

async function created(lockFile: string, token: string): Promise<boolean> {
  try {
    const handle = await open(lockFile, 'wx', 0o600)
    try {
      await handle.writeFile(token)
    } catch (error) {
      // On a full disk nobody holds it, and nobody must wait until it is stale.
      await rm(lockFile, { force: true })
      throw error
    } finally {
      await handle.close()
    }
    return true
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false
    throw unusable(lockFile, 'made', error)
  }
}

async function removeIfStale(lockFile: string): Promise<void> {
  const found = await stat(lockFile).catch(() => undefined)
  if (found === undefined || Date.now() - found.mtimeMs < STALE_AFTER_MS) return
  const aside = `${lockFile}.${randomUUID()}`
  await rename(lockFile, aside).catch(() => undefined)
  await rm(aside, { force: true })
}

function contentOf(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined)
}
