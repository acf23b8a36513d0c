import type { RetentionFrame, RetentionReason, Sentences } from '@odoo-backup/protocol'

const NOUNS: Readonly<Record<RetentionFrame, string>> = {
  hourly: 'hour',
  daily: 'day',
  weekly: 'week',
  monthly: 'month',
  yearly: 'year',
}

/** Why a backup stays or goes. */
export const retentionReasons: Sentences<RetentionReason> = {
  no_rotation: () => 'no limit is set',
  dated_later: () => 'dated later than this machine’s clock',
  pinned: () => 'pinned',
  in_use: () => 'a restore or a trial restore needs it now',
  newest: () => 'the newest',
  last_verified: () => 'the last that passed a trial restore, as a later one failed',
  failed_since: () => 'its trial restore failed, and no later one passed',
  among_newest: ({ count }) => `one of the newest ${count}`,
  last_of_frame: ({ frame }) => `the last of its ${NOUNS[frame]}`,
  later_in_frame: ({ frame }) => `its ${NOUNS[frame]} has a later one`,
  beyond_limit: ({ frame, limit }) =>
    limit === 1 ? `not of the newest ${NOUNS[frame]}` : `older than the newest ${limit} ${NOUNS[frame]}s`,
}
