import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { z } from 'zod'
import { withFileLock } from '../config/file-lock.ts'
import { isGone, ownProcessMark, ProcessMark } from './process-mark.ts'

/** Which of the processes that share a configuration file gives notice: one at any time. */
export interface Lease {
  /**
   * Takes the lease where nobody has it, and keeps it alive; to be called far more often than every two minutes.
   * Resolves to whether this process has it, and never rejects: where nothing can be written and nobody else is known
   * to have it, it has. Told twice is better than not told.
   */
  hold(): Promise<boolean>
  /** Whether it is still this process's, asked right before what must not be done by two. */
  isOurs(): Promise<boolean>
  /** Asks the process that has it to look anew soon. Never rejects. */
  ask(): Promise<void>
  /** Whether another asked since this was last called. */
  takeAsked(): Promise<boolean>
  release(): Promise<void>
}

/** A holder that gives no sign of life for so long has died, or is as good as dead. */
const SILENT_MS = 120_000

const Holder = z.object({ id: z.string(), process: ProcessMark })
type Holder = z.infer<typeof Holder>

/** Where the processes of a configuration file agree who of them gives notice. */
export function leaseFileOf(configurationFile: string): string {
  return join(`${configurationFile}.d`, 'notices.lease')
}

/**
 * A lease as a file, whose time of change is the holder's sign of life. A process of this machine that is no more loses
 * it at once. Of another, this process must have seen itself that the file does not change: by its own clock, so that
 * neither clocks that differ nor one that is set make a living holder look dead.
 * @param uptime milliseconds of a clock that is never set
 */
export function createLeaseFile(path: string, uptime: () => number = () => performance.now()): Lease {
  const id = randomUUID()
  const asked = `${path}.asked`
  let mark: Promise<ProcessMark> | undefined
  const own = () => {
    mark ??= ownProcessMark()
    return mark
  }
  /** Whether nobody else was known to have it when this process could not write that it has. */
  let isUnwritten = false
  let seen: { readonly sign: string; readonly at: number } | undefined

  async function isAlive(holder: Holder): Promise<boolean> {
    if (await isGone(holder.process, await own())) return false
    const changed = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    )
    const sign = `${holder.id} ${changed}`
    if (seen?.sign !== sign) seen = { sign, at: uptime() }
    return uptime() - seen.at < SILENT_MS
  }

  async function take(): Promise<boolean> {
    await mkdir(dirname(path), { recursive: true })
    return withFileLock(`${path}.lock`, async stillOurs => {
      const holder = await holderOf(path)
      // Another was faster.
      if (holder !== undefined && holder.id !== id && (await isAlive(holder))) return false
      if (!(await stillOurs())) return false
      await writeFileAtomic(path, JSON.stringify({ id, process: await own() }), { mode: 0o600 })
      return true
    })
  }

  return {
    async hold() {
      const holder = await holderOf(path)
      if (holder?.id === id) {
        const now = new Date()
        await utimes(path, now, now).catch(() => undefined)
        return true
      }
      if (holder !== undefined && (await isAlive(holder))) {
        isUnwritten = false
        return false
      }
      try {
        const taken = await take()
        isUnwritten = false
        return taken
      } catch {
        isUnwritten = true
        return true
      }
    },
    async isOurs() {
      const holder = await holderOf(path)
      return holder?.id === id || (isUnwritten && (holder === undefined || !(await isAlive(holder))))
    },
    async ask() {
      await writeFile(asked, '', { mode: 0o600 }).catch(() => undefined)
    },
    takeAsked: () =>
      rm(asked).then(
        () => true,
        () => false,
      ),
    async release() {
      if ((await holderOf(path))?.id === id) await rm(path, { force: true }).catch(() => undefined)
    },
  }
}

async function holderOf(path: string): Promise<Holder | undefined> {
  try {
    return Holder.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    return undefined
  }
}
