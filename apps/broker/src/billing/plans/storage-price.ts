import type { Period } from './period.ts'

const DAY_MS = 86_400_000
const GIGABYTE = 1_000_000_000

/** How much an account stored on a day (UTC). */
export interface DailySample {
  readonly day: Date
  readonly bytes: number
}

/**
 * The mean of the daily samples over the days on which a period runs. A day without a sample has that of the day
 * before; days before the first sample count nothing.
 *
 * @param samples in the order of their days; those before the period carry into it
 */
export function meanBytes(samples: readonly DailySample[], { opensAt, closesAt }: Period): number {
  const first = Math.floor(opensAt.getTime() / DAY_MS)
  const end = Math.max(first + 1, Math.floor(closesAt.getTime() / DAY_MS))
  let [sum, current, next] = [0, 0, 0]
  for (let day = first; day < end; day += 1) {
    for (let sample = samples[next]; sample !== undefined && dayOf(sample) <= day; sample = samples[next]) {
      current = sample.bytes
      next += 1
    }
    sum += current
  }
  return sum / (end - first)
}

function dayOf({ day }: DailySample): number {
  return Math.floor(day.getTime() / DAY_MS)
}

/** What storage beyond the included costs for a month: whole gigabytes of 10⁹ bytes, rounded up. */
export function storagePrice(
  bytes: number,
  prices: { readonly includedGb: number; readonly furtherGbCredits: number },
): { readonly gigabytes: number; readonly furtherGigabytes: number; readonly amount: number } {
  const gigabytes = Math.ceil(bytes / GIGABYTE)
  const furtherGigabytes = Math.max(0, gigabytes - prices.includedGb)
  return { gigabytes, furtherGigabytes, amount: furtherGigabytes * prices.furtherGbCredits }
}
