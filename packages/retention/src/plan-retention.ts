import { FRAME_NOUNS, FRAMES, type Frame, frameStart } from './frames.ts'

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
}

export interface RetentionRequest {
  /** Of one database, in any order. */
  readonly backups: readonly DatedBackup[]
  readonly settings: RetentionRules
  /** The clock: what is dated later is kept and takes nobody's place. Absent: every date is believed. */
  readonly now?: Date
}

/** Each backup is in one of the two lists, with sentences for people. */
export interface RetentionPlan {
  /** The newest first. */
  readonly kept: readonly { readonly id: string; readonly reasons: readonly string[] }[]
  readonly rotated: readonly { readonly id: string; readonly reason: string }[]
}

/** Why the backups of one moment stay: of backups of the same moment none is the older. */
type ReasonsByTime = Map<number, string[]>

interface Decision {
  readonly reasons: ReasonsByTime
  /** Why a backup that no rule keeps goes. */
  readonly whyNot: (time: number) => string
}

/**
 * Decides which backups stay. The newest always does; a frame limited to N keeps the last backup of each of the N
 * most recent hours, days, weeks (from Monday), months or years (UTC) that have any, the newest backup's own
 * included, so that N = 1 adds nothing; empty frames do not count. A backup stays when any rule keeps it. With all
 * frames off everything stays. Linear after sorting.
 */
export function planRetention({ backups, settings, now }: RetentionRequest): RetentionPlan {
  const latest = now?.getTime() ?? Number.POSITIVE_INFINITY
  const isRotating = FRAMES.some(frame => limitOf(settings[frame]) > 0)
  const decision = isRotating ? decideTimes(newestFirst(backups, latest), settings) : undefined

  const kept: { id: string; time: number; reasons: string[] }[] = []
  const rotated: { id: string; reason: string }[] = []
  for (const { id, takenAt, pinned } of backups) {
    const time = takenAt.getTime()
    const byRule = decision?.reasons.get(time)
    // Also for a time that is none (NaN): what cannot be placed is not deleted.
    const isLate = !(time <= latest)
    if (decision !== undefined && byRule === undefined && !isLate && !pinned) {
      rotated.push({ id, reason: decision.whyNot(time) })
      continue
    }
    const reasons = [...(byRule ?? [])]
    if (decision === undefined) reasons.push('no rotation is set')
    if (isLate) reasons.push('dated later than this machine’s clock')
    if (pinned) reasons.push('pinned')
    kept.push({ id, time, reasons })
  }
  kept.sort((one, other) => other.time - one.time)
  return { kept: kept.map(({ id, reasons }) => ({ id, reasons })), rotated }
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
  const keep = (time: number | undefined, reason: string) => {
    if (time === undefined) return
    const known = reasons.get(time)
    if (known === undefined) reasons.set(time, [reason])
    else if (known.at(-1) !== reason) known.push(reason)
  }
  keep(times[0], 'the newest')
  const floor = Math.min(times.length, limitOf(settings.keepAtLeast))
  for (const time of times.subarray(0, floor)) keep(time, `one of the newest ${settings.keepAtLeast}`)
  const reaches: Reach[] = []
  for (const frame of FRAMES) {
    const limit = limitOf(settings[frame])
    if (limit === 0) continue
    const lasts = lastOfEach(frame, limit, times)
    for (const time of lasts) keep(time, `the last of its ${FRAME_NOUNS[frame]}`)
    reaches.push(reachOf(frame, limit, lasts.at(-1)))
  }
  return { reasons, whyNot: explainer(reaches) }
}

/** How far back one frame keeps backups, and why it keeps none of a time within or beyond that. */
interface Reach {
  readonly since: number
  readonly within: string
  readonly beyond: string
}

function reachOf(frame: Frame, limit: number, oldest: number | undefined): Reach {
  const noun = FRAME_NOUNS[frame]
  return {
    since: oldest === undefined ? Number.POSITIVE_INFINITY : frameStart(frame, oldest),
    within: `its ${noun} has a later one`,
    beyond: limit === 1 ? `not of the newest ${noun}` : `older than the newest ${limit} ${noun}s`,
  }
}

/** There are few sentences and many backups: each sentence is made once. */
function explainer(reaches: readonly Reach[]): (time: number) => string {
  const sentences = new Map<number, string>()
  return time => {
    let which = 0
    for (const { since } of reaches) which = which * 2 + (time >= since ? 1 : 0)
    const known = sentences.get(which)
    if (known !== undefined) return known
    const sentence = reaches.map(({ since, within, beyond }) => (time >= since ? within : beyond)).join('; ')
    sentences.set(which, sentence)
    return sentence
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
