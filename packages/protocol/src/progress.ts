import { z } from 'zod'

/** How far a long job is. Absent numbers are not known yet; `totalBytes` may be an estimate. */
export const Progress = z.object({
  phase: z.enum([
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
  ]),
  doneBytes: z.number().min(0),
  totalBytes: z.number().min(0).optional(),
  percent: z.number().min(0).max(100).optional(),
  bytesPerSecond: z.number().min(0).optional(),
  secondsLeft: z.number().min(0).optional(),
  filesDone: z.int().min(0).optional(),
  filesTotal: z.int().min(0).optional(),
})
export type Progress = z.infer<typeof Progress>
