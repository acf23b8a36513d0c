import { type PhaseView, Progress } from '@odoo-backup/protocol'
import { z } from 'zod'
import { enterPhase, PhaseRecord, phaseViews, type Step } from './phases.ts'

/** The queue is written at most so often by one job. */
const INTERVAL_MS = 1_000
/** The rate is that of the last seconds, so that it follows the network. */
const WINDOW_MS = 10_000

/** Progress as the queue keeps it, with the phases so far. */
export const KeptProgress = Progress.extend({ phases: z.array(PhaseRecord).default([]) })
export type KeptProgress = z.infer<typeof KeptProgress>

export interface ProgressReport {
  (step: Step): void
  /** Writes what was said last, if it is not written yet. */
  flush(): Promise<void>
}

export interface ProgressOptions {
  readonly write: (progress: KeptProgress) => Promise<void>
  readonly now: () => number
  /** Called with each phase as it ends. */
  readonly onPhaseEnd?: (phase: PhaseView) => void
}

/** Turns steps into progress with percentage, rate and time left, written at most once a second, the last for sure. */
export function reportProgress({ write, now, onPhaseEnd }: ProgressOptions): ProgressReport {
  const seen: { at: number; bytes: number; phase: string }[] = []
  let phases: readonly PhaseRecord[] = []
  let latest: KeptProgress | undefined
  let writtenAt = Number.NEGATIVE_INFINITY
  let writing: Promise<void> = Promise.resolve()
  const flush = (): Promise<void> => {
    const progress = latest
    latest = undefined
    if (progress !== undefined) {
      writtenAt = now()
      writing = writing.then(() => write(progress))
    }
    return writing
  }
  const report = (step: Step): void => {
    const at = now()
    if (seen.at(-1)?.phase !== step.phase) {
      seen.length = 0
      writtenAt = Number.NEGATIVE_INFINITY
    }
    seen.push({ at, bytes: step.doneBytes, phase: step.phase })
    while (seen.length > 2 && at - (seen[0]?.at ?? at) > WINDOW_MS) seen.shift()
    const before = phases
    phases = enterPhase(phases, step, at)
    if (phases.length > before.length && before.length > 0) {
      const ended = phaseViews(before, at).at(-1)
      if (ended !== undefined) onPhaseEnd?.(ended)
    }
    latest = { ...step, ...pace(step, seen), phases: [...phases] }
    if (at - writtenAt >= INTERVAL_MS) void flush()
  }
  return Object.assign(report, { flush })
}

function pace(
  step: Step,
  seen: readonly { at: number; bytes: number }[],
): Pick<Progress, 'percent' | 'bytesPerSecond' | 'secondsLeft'> {
  if (step.phase === 'done') return { percent: 100 }
  const first = seen[0]
  const last = seen.at(-1)
  const seconds = first === undefined || last === undefined ? 0 : (last.at - first.at) / 1000
  const rate = seconds < 0.5 ? undefined : Math.max(0, ((last?.bytes ?? 0) - (first?.bytes ?? 0)) / seconds)
  const total = step.totalBytes
  // An estimate may be passed: a job that still works is never at its end.
  const share = total === undefined || total === 0 ? undefined : Math.min(0.99, step.doneBytes / total)
  const left = total === undefined ? undefined : Math.max(0, total - step.doneBytes)
  return {
    ...(share === undefined ? {} : { percent: Math.round(share * 1000) / 10 }),
    ...(rate === undefined ? {} : { bytesPerSecond: Math.round(rate) }),
    ...(rate === undefined || rate === 0 || left === undefined
      ? {}
      : { secondsLeft: Math.round(left / rate) }),
  }
}
