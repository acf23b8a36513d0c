import type { WorkRuns } from './work-journal.ts'
import { WORK_EVERY_SECONDS, type WorkName } from './work-names.ts'

/**
 * `awaited`: no run has ended yet, and none had to; `failing`: the last one failed; `hanging`: one lasts for more than a
 * day; `late`: none has ended in due time and none is under way, so that the queue does not move.
 */
export type WorkState = 'done' | 'under_way' | 'awaited' | 'failing' | 'hanging' | 'late'

/** How one work by the clock goes. */
export interface WorkGoes {
  readonly name: WorkName
  readonly everySeconds: number
  readonly state: WorkState
  /**
   * Since when it is as it is: for `hanging` and `late` that from which it should have ended. Undefined also for one that
   * has begun just now.
   */
  readonly since: Date | undefined
  readonly doneAt: Date | undefined
  readonly failedAt: Date | undefined
  /** In a row, since it was last done. */
  readonly failures: number
}

/** A turn that comes twice as late as it should, and a while: a broker was just restarted, or Redis was. */
const SPARE_MS = 15 * 60_000
/** Counting a large store takes hours. */
const LONGEST_RUN_MS = 24 * 3_600_000

/** How the work that is planned goes by what is known of its runs. */
export function howWorkGoes(planned: readonly WorkName[], known: readonly WorkRuns[], now: Date): WorkGoes[] {
  return planned.map(name => {
    const runs = known.find(one => one.name === name)
    const everySeconds = WORK_EVERY_SECONDS[name]
    const { doneAt, failedAt, failures = 0 } = runs ?? {}
    return { name, everySeconds, doneAt, failedAt, failures, ...stateOf(runs, everySeconds, now) }
  })
}

function stateOf(
  runs: WorkRuns | undefined,
  everySeconds: number,
  now: Date,
): Pick<WorkGoes, 'state' | 'since'> {
  if (runs === undefined) return { state: 'awaited', since: undefined }
  const { knownAt, begunAt, doneAt, failedAt, failures, isUnderWay } = runs
  const ago = (at: Date) => now.getTime() - at.getTime()
  const ended = [doneAt, failedAt].filter(at => at !== undefined).toSorted((a, b) => ago(a) - ago(b))[0]
  // Who has the lock notes the beginning a moment later: until then the noted one is that of the run before.
  const begun = begunAt !== undefined && (ended === undefined || begunAt > ended) ? begunAt : undefined
  if (isUnderWay && begun !== undefined && ago(begun) > LONGEST_RUN_MS)
    return { state: 'hanging', since: begun }
  const last = ended !== undefined && ended > knownAt ? ended : knownAt
  if (!isUnderWay && ago(last) > 2 * everySeconds * 1000 + SPARE_MS) return { state: 'late', since: last }
  if (failures > 0) return { state: 'failing', since: failedAt }
  if (isUnderWay) return { state: 'under_way', since: begun }
  return ended === undefined ? { state: 'awaited', since: knownAt } : { state: 'done', since: doneAt }
}
