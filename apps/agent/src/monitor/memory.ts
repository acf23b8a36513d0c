import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Notice, NoticeText } from '@odoo-backup/protocol'
import writeFileAtomic from 'write-file-atomic'
import { z } from 'zod'

/** Which ways a notice still has to go. */
export const Channel = z.enum(['mail', 'webhook'])
export type Channel = z.infer<typeof Channel>

const Told = Notice.extend({
  waiting: z.array(Channel).default([]),
  // What a newer agent noted in words that this one does not know is told by its message.
  text: NoticeText.optional().catch(undefined),
})
export type Told = z.infer<typeof Told>

const Moments = z.record(z.string(), z.iso.datetime()).default({})

/**
 * What was told already, and what was known before a silence. It is no home of truth: conditions are found anew at
 * each look, and without this memory they would be told once more, no worse.
 */
export const Memory = z.object({
  notices: z.array(Told).default([]),
  /** Per database since when it is watched, ISO 8601. */
  watchedSince: Moments,
  /** Per database when its newest good backup was begun. */
  lastGood: Moments,
  /** Per account, by its folder, since when this agent is connected to it. */
  accountSince: Moments,
  /** Per place since when it does not answer. */
  silentSince: Moments,
  /** Per database the last backup whose ping was sent. */
  pinged: z.record(z.string(), z.string()).default({}),
  /** Per way that takes nothing, a channel or `ping:` and a database: since when, and why. */
  undelivered: z.record(z.string(), z.object({ since: z.iso.datetime(), words: z.string() })).default({}),
})
export type Memory = z.infer<typeof Memory>

export interface MemoryStore {
  read(): Promise<Memory>
  write(memory: Memory): Promise<void>
}

/** Where the agent of a configuration file remembers. */
export function memoryFileOf(configurationFile: string): string {
  return join(`${configurationFile}.d`, 'notices.json')
}

/** A file of its own, readable by the agent alone; a damaged one counts as empty. */
export function createMemoryFile(path: string): MemoryStore {
  return {
    async read() {
      try {
        return Memory.parse(JSON.parse(await readFile(path, 'utf8')))
      } catch {
        return Memory.parse({})
      }
    },
    async write(memory) {
      await mkdir(dirname(path), { recursive: true })
      await writeFileAtomic(path, JSON.stringify(memory), { mode: 0o600 })
    },
  }
}
