import type { Notice, NoticesChange } from '@odoo-backup/protocol'
import type { Log } from '@odoo-backup/service'
import type { Agent } from '../../operations.ts'
import type { Access } from '../access/access.ts'
import type { HttpSettings } from '../settings.ts'
import type { RecentListing } from './recent-listing.ts'
import type { Uploads } from './uploads.ts'

/** What the API's routes stand on. */
export interface ApiContext {
  readonly agent: Agent
  readonly access: Access
  readonly settings: () => HttpSettings
  readonly uploads: Uploads
  readonly notices: NoticeBoard
  readonly recent: RecentListing
  readonly log: Log
  readonly clock: () => number
  /** Aborted when the service ends. */
  readonly ending: AbortSignal
}

/** What the monitor has to tell; kept apart so that the API needs no monitor to run. */
export interface NoticeBoard {
  /** Standing ones first, then those that passed, newest first. */
  list(): Promise<readonly Notice[]>
  /** Since when a database is watched: what was due before is not held against it. */
  watchedSince(database: string): Date
  /**
   * Sends a trial message the way notices would go with `proposed`, which is not saved; throws `invalid_request`
   * where that way is not set up.
   */
  test(channel: 'mail' | 'webhook', proposed?: NoticesChange): Promise<void>
}
