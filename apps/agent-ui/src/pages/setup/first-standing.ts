import type { JobView } from '@odoo-backup/protocol'

export interface FirstPair {
  readonly backup: JobView
  readonly drill: JobView | undefined
}

/** How far the first backups are: all backed up and restored on trial, one of them failed, or on the way. */
export function standingOf(
  wanted: number,
  pairs: readonly FirstPair[],
): 'waiting' | 'running' | 'verified' | 'failed' {
  const jobs = pairs.flatMap(({ backup, drill }) => [backup, drill ?? []].flat())
  if (jobs.some(hasFailed)) return 'failed'
  if (pairs.length === 0) return 'waiting'
  const verified = pairs.filter(({ drill }) => drill?.state === 'completed').length
  return verified === wanted ? 'verified' : 'running'
}

/** Whether a job ended, and not well. */
export function hasFailed({ state }: JobView): boolean {
  return state === 'failed' || state === 'cancelled'
}

/** Seconds from the first job's beginning to the last one's end. */
export function passedSeconds(pairs: readonly FirstPair[]): number {
  const begun = pairs.map(({ backup }) => Date.parse(backup.createdAt))
  const ended = pairs.flatMap(({ drill }) =>
    drill?.finishedAt === undefined ? [] : [Date.parse(drill.finishedAt)],
  )
  return begun.length === 0 || ended.length === 0 ? 0 : (Math.max(...ended) - Math.min(...begun)) / 1000
}
