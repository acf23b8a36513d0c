import { createHash } from 'node:crypto'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { privateFolder, replaceConfigurationFile } from '../config/file.ts'
import { systemErrorCode } from '../system-error.ts'
import { JobData } from './job-data.ts'

const Entry = z.object({ id: z.string(), data: JobData })
export type JournalEntry = z.infer<typeof Entry>

/**
 * What jobs have begun and not ended, in private files beside the configuration file, each written before the
 * queue learns the same: a queue that is lost (a Redis restarted empty, a database of it that is dropped) must
 * not take with it which hidden databases, folders and uploads are ours to remove, and what is to be put back.
 */
export interface JobJournal {
  /** Resolves when the entry is on the disk. */
  keep(id: string, data: JobData): Promise<void>
  read(id: string): Promise<JobData | undefined>
  forget(id: string): Promise<void>
  all(): Promise<readonly JournalEntry[]>
}

export function createJobJournal(configurationFile: string, warn: (message: string) => void): JobJournal {
  const folder = () => privateFolder(configurationFile, 'jobs')
  /** Ids of standing orders' jobs hold any characters. */
  const fileOf = async (id: string) =>
    join(await folder(), `${createHash('sha256').update(id).digest('hex')}.json`)
  const entryIn = async (file: string): Promise<JournalEntry | undefined> => {
    const text = await readFile(file, 'utf8').catch(error => {
      if (systemErrorCode(error) === 'ENOENT') return undefined
      throw error
    })
    if (text === undefined) return undefined
    try {
      return Entry.parse(JSON.parse(text))
    } catch {
      warn(`${file} tells of a job in words that this version does not know; it is left as it is.`)
      return undefined
    }
  }
  return {
    keep: async (id, data) =>
      replaceConfigurationFile(await fileOf(id), JSON.stringify({ id, data }), async () => undefined),
    read: async id => (await entryIn(await fileOf(id)))?.data,
    forget: async id => rm(await fileOf(id), { force: true }),
    all: async () => {
      const path = await folder()
      // A name that begins with a point is that of a file whose writing was cut off.
      const names = (await readdir(path)).filter(name => /^[0-9a-f]{64}\.json$/.test(name))
      const found = await Promise.all(names.map(name => entryIn(join(path, name))))
      return found.filter(entry => entry !== undefined)
    },
  }
}
