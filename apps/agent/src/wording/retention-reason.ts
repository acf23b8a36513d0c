import type { ByCode, RetentionFrame, RetentionReason, Sentences, TextOf } from '@odoo-backup/protocol'

const NOUNS: Readonly<Record<RetentionFrame, string>> = {
  hourly: 'hour',
  daily: 'day',
  weekly: 'week',
  monthly: 'month',
  yearly: 'year',
}

const SENTENCES: Sentences<RetentionReason> = {
  no_rotation: () => 'no rotation is set',
  dated_later: () => 'dated later than this machine’s clock',
  pinned: () => 'pinned',
  in_use: () => 'a restore or a drill needs it now',
  newest: () => 'the newest',
  last_verified: () => 'the last that passed a drill, as a later one failed',
  failed_since: () => 'its drill failed, and no later one passed',
  among_newest: ({ count }) => `one of the newest ${count}`,
  last_of_frame: ({ frame }) => `the last of its ${NOUNS[frame]}`,
  later_in_frame: ({ frame }) => `its ${NOUNS[frame]} has a later one`,
  beyond_limit: ({ frame, limit }) =>
    limit === 1 ? `not of the newest ${NOUNS[frame]}` : `older than the newest ${limit} ${NOUNS[frame]}s`,
}

/** Why a backup stays or goes, in English. */
export function retentionReason<Code extends keyof ByCode<RetentionReason>>(
  reason: TextOf<RetentionReason, Code>,
): string {
  return SENTENCES[reason.code](reason)
}

/** Why no rule keeps a backup, in English: one reason for each. */
export function whyItGoes(reasons: readonly RetentionReason[]): string {
  return reasons.map(reason => retentionReason(reason)).join('; ')
}
