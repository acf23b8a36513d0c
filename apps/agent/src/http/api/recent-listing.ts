import type { JobView } from '@odoo-backup/protocol'
import type { Agent, Inventory } from '../../operations.ts'
import { someInventory } from '../../overview/some-inventory.ts'
import { sharedAnswer } from './shared-answer.ts'

/** How old a list of backups may be that people look at. Nothing is ever deleted by it. */
const MOST_AGE_MS = 10_000
const JOBS_AGE_MS = 500

export interface RecentListing {
  /** What lies in the places that answer, where one does; a job of this agent that ended since is in it. */
  inventory(): Promise<Inventory>
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
  agent: Pick<Agent, 'inventory' | 'recentJobs'>,
  clock: () => number,
): RecentListing {
  const listing = sharedAnswer(() => someInventory(agent), MOST_AGE_MS, clock)
  const jobs = sharedAnswer(() => agent.recentJobs(), JOBS_AGE_MS, clock)
  return {
    inventory: async () => {
      const seen = await jobs.get().catch(() => [])
      const lastEnd = seen.map(({ finishedAt = '' }) => finishedAt).sort()
      return listing.get(lastEnd.at(-1))
    },
    jobs: () => jobs.get(),
    forget: () => listing.forget(),
  }
}
