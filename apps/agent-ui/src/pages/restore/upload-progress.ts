import type { Progress } from '@odoo-backup/protocol'

/** Before so many seconds a rate would be a guess. */
const FIRST_SECONDS = 2

/** How far an upload is: rate and time left are those of all that was sent so far. */
export function uploadProgress(doneBytes: number, totalBytes: number, seconds: number): Progress {
  const done = Math.min(doneBytes, totalBytes)
  const bytesPerSecond = seconds < FIRST_SECONDS ? 0 : Math.round(done / seconds)
  return {
    phase: 'upload',
    doneBytes: done,
    totalBytes,
    percent: totalBytes === 0 ? 100 : (done / totalBytes) * 100,
    ...(bytesPerSecond === 0
      ? {}
      : { bytesPerSecond, secondsLeft: Math.ceil((totalBytes - done) / bytesPerSecond) }),
  }
}
