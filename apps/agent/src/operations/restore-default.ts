import type { BackupView, RestoreReason } from '@odoo-backup/protocol'

/** What says of a stored backup where it comes from. */
export type Origin = Pick<BackupView, 'database' | 'foreign' | 'unclaimed'>

export interface RestoreCircumstances {
  /** A file does not say whose it is. */
  readonly fromFile: boolean
  /** Whether this very server made the backup. */
  readonly own: boolean
  /** The database that was backed up; unknown of a file. */
  readonly original: string | undefined
  /** Odoo's databases on this server, one that is to be replaced included. */
  readonly present: readonly string[]
  /** The one that is to be replaced. */
  readonly replaced: string | undefined
}

/** Whether this very server made the backup, or adopted it. */
export function isOwn({ foreign, unclaimed }: Pick<Origin, 'foreign' | 'unclaimed'>): boolean {
  return foreign !== true && unclaimed !== true
}

/** The circumstances of a stored backup; absent: of a file. */
export function circumstancesOf(
  stored: Origin | undefined,
  rest: Pick<RestoreCircumstances, 'present' | 'replaced'>,
): RestoreCircumstances {
  if (stored === undefined) return { fromFile: true, own: false, original: undefined, ...rest }
  return { fromFile: false, own: isOwn(stored), original: stored.database, ...rest }
}

/**
 * Whether a restored database is a copy, where nobody says so: two databases that are live would both send the mails
 * and charge the cards of one. So it is one unless there is no other database, or it is this server's own backup
 * whose database is no longer here.
 */
export function restoreReason(circumstances: RestoreCircumstances): Exclude<RestoreReason, 'chosen'> {
  const { fromFile, own, original, present, replaced } = circumstances
  if (present.length === 0) return 'empty_server'
  if (fromFile) return 'from_file'
  if (!own) return 'other_server'
  return original !== undefined && original !== replaced && present.includes(original)
    ? 'original_here'
    : 'original_gone'
}

/** Whether that reason makes it a copy, which is neutralised. */
export function isCopyFor(reason: Exclude<RestoreReason, 'chosen'>): boolean {
  return reason !== 'empty_server' && reason !== 'original_gone'
}
