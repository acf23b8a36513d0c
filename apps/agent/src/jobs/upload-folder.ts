import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ListedJob } from '../queue/job-queue.ts'
import { JobData } from './job-data.ts'

const DAY_MS = 86_400_000

/** Where archives lie that came through a browser, until they are restored: whole databases, perhaps unencrypted. */
export function uploadFolderOf(configurationFile: string): string {
  return join(`${configurationFile}.d`, 'uploads')
}

/** Paths that jobs which have not ended are yet to read. */
export function uploadsNeeded(jobs: readonly ListedJob[]): ReadonlySet<string> {
  return new Set(
    jobs.flatMap(({ job, state }) => {
      const data = JobData.safeParse(job.data).data
      if (data?.kind !== 'restore' || data.source.kind !== 'file') return []
      return state === 'completed' || state === 'failed' ? [] : [data.source.path]
    }),
  )
}

/** Removes uploads, whole or half, that are older than a day; `needed` are the paths that jobs still wait to read. */
export async function sweepUploads(folder: string, now: Date, needed: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name)
    const found = await stat(path).catch(() => undefined)
    if (found === undefined || needed.has(path) || now.getTime() - found.mtimeMs <= DAY_MS) continue
    await rm(path, { force: true })
  }
}
