import { z } from 'zod'

export const Phase = z.enum([
  'waiting',
  'snapshot',
  'dump',
  'files',
  'upload',
  'download',
  'load',
  'neutralise',
  'verify',
  'publish',
  'rotate',
  'done',
])
export type Phase = z.infer<typeof Phase>

/** How far a long job is. Absent numbers are not known yet; `totalBytes` may be an estimate. */
export const Progress = z.object({
  phase: Phase,
  doneBytes: z.number().min(0),
  totalBytes: z.number().min(0).optional(),
  percent: z.number().min(0).max(100).optional(),
  bytesPerSecond: z.number().min(0).optional(),
  secondsLeft: z.number().min(0).optional(),
  filesDone: z.int().min(0).optional(),
  filesTotal: z.int().min(0).optional(),
})
export type Progress = z.infer<typeof Progress>

/** One phase that a job went through, or is in: then without its end. */
export const PhaseView = z.object({
  phase: Phase,
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().optional(),
  /** What the phase itself read or wrote; absent where that is nothing. */
  bytes: z.number().min(0).optional(),
  files: z.int().min(0).optional(),
})
export type PhaseView = z.infer<typeof PhaseView>
