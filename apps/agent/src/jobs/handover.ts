import { randomUUID } from 'node:crypto'
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { makePrivateFile, privateFolder } from '../config/file.ts'
import { AgentError } from '../errors.ts'
import { systemErrorCode } from '../system-error.ts'

/** A job that waits longer than this is asked for its password again. */
const LONGEST_MS = 7 * 86_400_000

/**
 * Hands a password from the process that takes a request to the one that runs its job, through a file of mode
 * 0600 beside the configuration file: job data may be kept in Redis or a shared database, where no secret
 * belongs. The file outlives a crash, so that the second run finds it, and goes when the job ends.
 */
export interface Handover {
  give(secret: string): Promise<string>
  take(ticket: string): Promise<string>
  discard(ticket: string): Promise<void>
  /** Removes what jobs that never ran left behind. */
  sweep(now: Date): Promise<void>
}

export function createHandover(configurationFile: string): Handover {
  const folder = () => privateFolder(configurationFile, 'handover')
  const fileOf = async (ticket: string) => join(await folder(), /^[0-9a-f-]{36}$/.exec(ticket)?.[0] ?? 'none')
  return {
    give: async secret => {
      const ticket = randomUUID()
      await makePrivateFile(await fileOf(ticket), secret)
      return ticket
    },
    take: async ticket => {
      try {
        return await readFile(await fileOf(ticket), 'utf8')
      } catch (error) {
        if (systemErrorCode(error) !== 'ENOENT') throw error
        throw new AgentError(
          'encryption_password_required',
          'The password that was given for this job is no longer there: start the job again and give it once more.',
        )
      }
    },
    discard: async ticket => rm(await fileOf(ticket), { force: true }),
    sweep: async now => {
      const path = await folder()
      for (const name of await readdir(path)) {
        const file = join(path, name)
        const found = await stat(file).catch(() => undefined)
        if (found !== undefined && now.getTime() - found.mtimeMs > LONGEST_MS) await rm(file, { force: true })
      }
    },
  }
}
