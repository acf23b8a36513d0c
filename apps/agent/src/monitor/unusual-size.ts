import type { BackupView } from '@odoo-backup/protocol'

const HISTORY = 10
const NEEDED = 4
/** Smaller changes than these are never worth a message. */
const LEAST_SHARE = 0.25
const LEAST_BYTES = 1_048_576

/**
 * Whether the newest backup lies outside what its history explains: below the smallest of up to ten before it by
 * more than a quarter of their median, or above the largest by more than half, since growing is what databases do.
 * Only backups of the same kind are compared, and nothing is said before there are four.
 */
export function unusualSize(
  backups: readonly BackupView[],
): { readonly direction: 'shrank' | 'grew'; readonly ratio: number } | undefined {
  const [last, ...before] = [...backups].sort((a, b) => (a.takenAt < b.takenAt ? 1 : -1))
  if (last === undefined) return undefined
  const sizes = before
    .filter(backup => backup.format === last.format && backup.encrypted === last.encrypted)
    .slice(0, HISTORY)
    .map(backup => backup.sizeBytes)
  if (sizes.length < NEEDED) return undefined
  const usual = median(sizes)
  const tolerance = Math.max(usual * LEAST_SHARE, LEAST_BYTES)
  const ratio = usual === 0 ? Number.POSITIVE_INFINITY : last.sizeBytes / usual
  if (last.sizeBytes < Math.min(...sizes) - tolerance) return { direction: 'shrank', ratio }
  if (last.sizeBytes > Math.max(...sizes) + 2 * tolerance) return { direction: 'grew', ratio }
  return undefined
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2
}
