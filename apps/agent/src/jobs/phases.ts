import { Phase, type PhaseView, type Progress } from '@odoo-backup/protocol'
import { z } from 'zod'

/** What a job says of itself; the rest is worked out from it. */
export type Step = Pick<Progress, 'phase' | 'doneBytes'> &
  Partial<Pick<Progress, 'totalBytes' | 'filesDone' | 'filesTotal'>>

/** A phase as the queue keeps it: when it began (milliseconds since 1970), and what was done then and is done now. */
export const PhaseRecord = z.object({
  phase: Phase,
  at: z.number(),
  fromBytes: z.number(),
  bytes: z.number(),
  fromFiles: z.number(),
  files: z.number(),
})
export type PhaseRecord = z.infer<typeof PhaseRecord>

/** Of the others, what they are said to have done is what the phases before them did. */
const MOVING: ReadonlySet<Phase> = new Set(['dump', 'files', 'download', 'load'])

/** A job that goes round in circles must not grow the queue. */
const MOST_PHASES = 40

/** The phases after a step: the present one goes on, or the next begins. */
export function enterPhase(phases: readonly PhaseRecord[], step: Step, at: number): readonly PhaseRecord[] {
  const present = phases.at(-1)
  const files = step.filesDone ?? 0
  if (present?.phase === step.phase)
    return [...phases.slice(0, -1), { ...present, bytes: step.doneBytes, files }]
  if (phases.length >= MOST_PHASES) return phases
  // Counters run on from phase to phase in some jobs, and start again in others.
  const fromBytes = present !== undefined && present.bytes <= step.doneBytes ? present.bytes : step.doneBytes
  const fromFiles = present !== undefined && present.files <= files ? present.files : files
  return [...phases, { phase: step.phase, at, fromBytes, bytes: step.doneBytes, fromFiles, files }]
}

/** Each phase with its end, which is the next one's beginning, and the job's end for the last. */
export function phaseViews(phases: readonly PhaseRecord[], endedAt: number | undefined): PhaseView[] {
  return phases
    .map((record, index): PhaseView => {
      const end = phases[index + 1]?.at ?? endedAt
      const moves = MOVING.has(record.phase)
      const bytes = moves ? record.bytes - record.fromBytes : 0
      const files = moves ? record.files - record.fromFiles : 0
      return {
        phase: record.phase,
        startedAt: new Date(record.at).toISOString(),
        ...(end === undefined ? {} : { finishedAt: new Date(Math.max(end, record.at)).toISOString() }),
        ...(bytes > 0 ? { bytes } : {}),
        ...(files > 0 ? { files } : {}),
      }
    })
    .filter(({ phase }) => phase !== 'done')
}
