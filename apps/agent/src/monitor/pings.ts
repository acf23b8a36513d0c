import type { JobView } from '@odoo-backup/protocol'
import { byDatabase } from '../overview/overview.ts'
import type { Memory } from './memory.ts'

export interface DuePing {
  readonly database: string
  readonly url: string
  /** When the backup ended; becomes what is remembered once the ping was taken. */
  readonly finishedAt: string
}

/**
 * Databases whose backup ended well since their last ping. A database that is seen for the first time is only
 * remembered: its earlier backups are no news.
 */
export function duePings(
  jobs: readonly JobView[],
  urls: ReadonlyMap<string, string>,
  pinged: Memory['pinged'],
  now: Date,
): { due: DuePing[]; pinged: Memory['pinged'] } {
  const remembered: Memory['pinged'] = {}
  for (const database of urls.keys()) remembered[database] = notAfter(now, pinged[database])
  const good = byDatabase(
    jobs.filter(job => job.kind === 'backup' && job.state === 'completed' && !isAfter(now, job.finishedAt)),
  )
  const due = [...good].flatMap(([database, own]): DuePing[] => {
    const url = urls.get(database)
    const finishedAt = own
      .flatMap(job => job.finishedAt ?? [])
      .sort()
      .at(-1)
    const last = remembered[database]
    return url === undefined || finishedAt === undefined || last === undefined || finishedAt <= last
      ? []
      : [{ database, url, finishedAt }]
  })
  return { due, pinged: remembered }
}

/** What is dated after now was dated while the clock was ahead, and would keep all pings back until then. */
function isAfter(now: Date, moment: string | undefined): boolean {
  return moment !== undefined && Date.parse(moment) > now.getTime()
}

function notAfter(now: Date, moment: string | undefined): string {
  return moment === undefined || isAfter(now, moment) ? now.toISOString() : moment
}
