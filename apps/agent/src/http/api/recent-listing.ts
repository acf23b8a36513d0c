import type { JobView } from '@odoo-backup/protocol'
import type { Agent, Inventory, PastListing } from '../../operations.ts'
import { someInventory } from '../../overview/some-inventory.ts'
import { sharedAnswer } from './shared-answer.ts'

/** How old a list of backups may be that people look at. Nothing is ever deleted by it. */
const MOST_AGE_MS = 10_000
/** How old a listing may be that is shown at once, while the next one is made. The monitor lists every ten minutes. */
const KNOWN_AGE_MS = 900_000
const JOBS_AGE_MS = 500
/** Reading thousands of entries keeps the agent busy: what was asked together with the first look goes before. */
const LIST_AFTER_MS = 500

export interface RecentListing {
  /** What lies in the places that answer, where one does; a job of this agent that ended since is in it. */
  inventory(): Promise<Inventory>
  /**
   * The same, but of a bucket that takes long what is known already, with the moment at which it was so (`at`), while
   * it is listed anew. What this agent did since is never left out, and a store that does not answer is no secret.
   */
  known(): Promise<Pick<PastListing, 'inventory'> & Partial<Pick<PastListing, 'at'>>>
  /** As `Agent.recentJobs`, at most half a second old. */
  jobs(): Promise<readonly JobView[]>
  /** Something was changed that no job did, such as a pin. */
  forget(): void
}

/**
 * Listing a bucket of thousands of backups takes a second or more, and one look at the overview, or paging through
 * the list, needs it several times.
 */
export function recentListing(
  agent: Pick<Agent, 'inventory' | 'recentJobs' | 'lastListing'>,
  clock: () => number,
  later: (run: () => void) => void = run => void setTimeout(run, LIST_AFTER_MS).unref(),
): RecentListing {
  /** The last moment at which something may have changed: the end of a job, or what no job did. */
  const changedAt = (end: string | undefined) => Math.max(forgottenAt, end ? Date.parse(end) : 0)
  const listing = sharedAnswer(
    // At the agent's start the monitor lists at the same time as the first page.
    end =>
      someInventory(agent, {
        begunAfter: new Date(Math.max(changedAt(end), clock() - MOST_AGE_MS)),
      }),
    MOST_AGE_MS,
    clock,
  )
  const jobs = sharedAnswer(() => agent.recentJobs(), JOBS_AGE_MS, clock)
  let forgottenAt = 0
  let isAway = false

  const lastEnd = async () => {
    const seen = await jobs.get().catch(() => [])
    return seen
      .map(({ finishedAt = '' }) => finishedAt)
      .sort()
      .at(-1)
  }
  const listAnew = (end: string | undefined) =>
    listing.get(end).then(
      inventory => {
        isAway = inventory.unreachable.length > 0
        return inventory
      },
      error => {
        isAway = true
        throw error
      },
    )
  /** What nobody need wait for; undefined where something may have changed since. */
  const past = (end: string | undefined): PastListing | undefined => {
    const last = agent.lastListing()
    if (last === undefined || isAway) return undefined
    const at = last.at.getTime()
    return at > changedAt(end) && clock() - at < KNOWN_AGE_MS ? last : undefined
  }

  return {
    inventory: async () => listing.get(await lastEnd()),
    known: async () => {
      const end = await lastEnd()
      const last = past(end)
      if (last === undefined) return { inventory: await listAnew(end) }
      const { inventory, at } = last
      if (listing.isYoung(end))
        return Promise.race([
          listAnew(end).then(found => ({ inventory: found })),
          aTurnLater({ inventory, at }),
        ])
      later(() => void listAnew(end).catch(() => undefined))
      return { inventory, at }
    },
    jobs: () => jobs.get(),
    forget: () => {
      forgottenAt = clock()
      listing.forget()
    },
  }
}

/** What is there already comes first. */
function aTurnLater<Value>(value: Value): Promise<Value> {
  return new Promise(resolve => setImmediate(resolve, value))
}
