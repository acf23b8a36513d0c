import { FRAMES, type Frame, frameStart } from './frames.ts'

/** How many backups of a frame stay: none of its own, the last of each of the N most recent frames, or of every one. */
export type Limit = 'off' | 'all' | number

export interface RetentionRules extends Readonly<Record<Frame, Limit>> {
  /** So many of the newest stay whatever the frames say. */
  readonly keepAtLeast: number
}

/** A complete backup of the database in question. */
export interface DatedBackup {
  readonly id: string
  readonly takenAt: Date
  /** Never rotated; it still counts as a backup of its frames. */
  readonly pinned: boolean
  /** Whether somebody reads it now, as a restore does: it stays until that has ended, and counts as one that is pinned. */
  readonly inUse?: boolean
  /** How its last drill, a restore on trial, ended; absent: none was made. */
  readonly drill?: 'passed' | 'failed'
}

export interface RetentionRequest {
  /** Of one database, in any order. */
  readonly backups: readonly DatedBackup[]
  readonly settings: RetentionRules
  /** The clock: what is dated later is kept and takes nobody's place. Absent: every date is believed. */
  readonly now?: Date
}

/**
 * Why a backup stays: no frame is limited, the clock is behind it, somebody reads it, a rule keeps it, or a drill. While the drill of a later
 * backup failed, `last_verified` is the last one that is known to be good, and `failed_since` is what tells that.
 */
export type KeepReason =
  | {
      readonly code:
        | 'no_rotation'
        | 'dated_later'
        | 'pinned'
        | 'in_use'
        | 'newest'
        | 'last_verified'
        | 'failed_since'
    }
  | { readonly code: 'among_newest'; readonly count: number }
  | { readonly code: 'last_of_frame'; readonly frame: Frame }

/** Why one rule does not keep a backup: its frame has a later one, or is not among the most recent `limit`. */
export type GoReason =
  | { readonly code: 'later_in_frame'; readonly frame: Frame }
  | { readonly code: 'beyond_limit'; readonly frame: Frame; readonly limit: number }

/** Each backup is in one of the two lists. */
export interface RetentionPlan {
  /** The newest first. */
  readonly kept: readonly { readonly id: string; readonly reasons: readonly KeepReason[] }[]
  /** One reason for each rule. */
  readonly rotated: readonly { readonly id: string; readonly reasons: readonly GoReason[] }[]
}

/** Why the backups of one moment stay: of backups of the same moment none is the older. */
type ReasonsByTime = Map<number, KeepReason[]>

interface Decision {
  readonly reasons: ReasonsByTime
  /** Why a backup that no rule keeps goes. */
  readonly whyNot: (time: number) => readonly GoReason[]
}

/**
 * Decides which backups stay. The newest always does; a frame limited to N keeps the last backup of each of the N
 * most recent hours, days, weeks (from Monday), months or years (UTC) that have any, the newest backup's own
 * included, so that N = 1 adds nothing; empty frames do not count. A backup stays when any rule keeps it. With all
 * frames off everything stays. Besides, the last backup that passed a drill stays while the drill of a later one failed,
 * together with the latest of those, until one later than that passes: by rules of dates alone, the last that is known to be
 * good would go for such as are known not to be. Linear after sorting.
 */
export function planRetention({ backups, settings, now }: RetentionRequest): RetentionPlan {
  const latest = now?.getTime() ?? Number.POSITIVE_INFINITY
  const isRotating = FRAMES.some(frame => limitOf(settings[frame]) > 0)
  const decision = isRotating ? decideTimes(newestFirst(backups, latest), settings) : undefined
  const byDrill = isRotating ? keptByDrills(backups, latest) : () => undefined

  const kept: { id: string; time: number; reasons: KeepReason[] }[] = []
  const rotated: { id: string; reasons: readonly GoReason[] }[] = []
  for (const backup of backups) {
    const { id, pinned, inUse = false } = backup
    const time = backup.takenAt.getTime()
    const drilled = byDrill(backup)
    const byRule = decision?.reasons.get(time)
    // Also for a time that is none (NaN): what cannot be placed is not deleted.
    const isLate = !(time <= latest)
    const isHeld = isLate || pinned || inUse || drilled !== undefined
    if (decision !== undefined && byRule === undefined && !isHeld) {
      rotated.push({ id, reasons: decision.whyNot(time) })
      continue
    }
    const reasons = [...(byRule ?? [])]
    if (decision === undefined) reasons.push({ code: 'no_rotation' })
    if (isLate) reasons.push({ code: 'dated_later' })
    if (pinned) reasons.push({ code: 'pinned' })
    if (inUse) reasons.push({ code: 'in_use' })
    if (drilled !== undefined) reasons.push(drilled)
    kept.push({ id, time, reasons })
  }
  kept.sort((one, other) => other.time - one.time)
  return { kept: kept.map(({ id, reasons }) => ({ id, reasons })), rotated }
}

function keptByDrills(
  backups: readonly DatedBackup[],
  latest: number,
): (backup: DatedBackup) => KeepReason | undefined {
  const last = { passed: Number.NEGATIVE_INFINITY, failed: Number.NEGATIVE_INFINITY }
  for (const { takenAt, drill } of backups) {
    const time = takenAt.getTime()
    if (drill !== undefined && time <= latest && time > last[drill]) last[drill] = time
  }
  const isInDoubt = last.failed > last.passed && last.passed > Number.NEGATIVE_INFINITY
  if (!isInDoubt) return () => undefined
  return ({ takenAt, drill }) => {
    if (drill === undefined || takenAt.getTime() !== last[drill]) return undefined
    return drill === 'passed' ? { code: 'last_verified' } : { code: 'failed_since' }
  }
}

function newestFirst(backups: readonly DatedBackup[], latest: number): Float64Array {
  const times = new Float64Array(backups.length)
  let count = 0
  for (const { takenAt } of backups) {
    const time = takenAt.getTime()
    if (time <= latest) times[count++] = time
  }
  return times.subarray(0, count).sort().reverse()
}

function decideTimes(times: Float64Array, settings: RetentionRules): Decision {
  const reasons: ReasonsByTime = new Map()
  // A rule has one reason, whose identity tells that it was noted for that time already.
  const keep = (time: number | undefined, reason: KeepReason) => {
    if (time === undefined) return
    const known = reasons.get(time)
    if (known === undefined) reasons.set(time, [reason])
    else if (known.at(-1) !== reason) known.push(reason)
  }
  keep(times[0], { code: 'newest' })
  const floor = Math.min(times.length, limitOf(settings.keepAtLeast))
  const amongNewest = { code: 'among_newest', count: settings.keepAtLeast } as const
  for (const time of times.subarray(0, floor)) keep(time, amongNewest)
  const reaches: Reach[] = []
  for (const frame of FRAMES) {
    const limit = limitOf(settings[frame])
    if (limit === 0) continue
    const lasts = lastOfEach(frame, limit, times)
    const lastOfFrame = { code: 'last_of_frame', frame } as const
    for (const time of lasts) keep(time, lastOfFrame)
    reaches.push(reachOf(frame, limit, lasts.at(-1)))
  }
  return { reasons, whyNot: explainer(reaches) }
}

/** How far back one frame keeps backups, and why it keeps none of a time within or beyond that. */
interface Reach {
  readonly since: number
  readonly within: GoReason
  readonly beyond: GoReason
}

function reachOf(frame: Frame, limit: number, oldest: number | undefined): Reach {
  return {
    since: oldest === undefined ? Number.POSITIVE_INFINITY : frameStart(frame, oldest),
    within: { code: 'later_in_frame', frame },
    beyond: { code: 'beyond_limit', frame, limit },
  }
}

/** There are few explanations and many backups: each is made once. */
function explainer(reaches: readonly Reach[]): Decision['whyNot'] {
  const explanations = new Map<number, readonly GoReason[]>()
  return time => {
    let which = 0
    for (const { since } of reaches) which = which * 2 + (time >= since ? 1 : 0)
    const known = explanations.get(which)
    if (known !== undefined) return known
    const reasons = reaches.map(({ since, within, beyond }) => (time >= since ? within : beyond))
    explanations.set(which, reasons)
    return reasons
  }
}

/** The last time of each of the most recent frames that have any. @param times the newest first */
function lastOfEach(frame: Frame, limit: number, times: Float64Array): number[] {
  const found: number[] = []
  let edge = Number.POSITIVE_INFINITY
  for (const time of times) {
    if (time >= edge) continue
    if (found.length >= limit) break
    found.push(time)
    edge = frameStart(frame, time)
  }
  return found
}

function limitOf(limit: Limit): number {
  if (limit === 'all') return Number.POSITIVE_INFINITY
  return limit === 'off' || !(limit >= 1) ? 0 : Math.floor(limit)
}
