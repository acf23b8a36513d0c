import { monthsAfter } from '../plans/period.ts'
import { type DailySample, meanBytes, storagePrice } from '../plans/storage-price.ts'

const DAY_MS = 86_400_000
/** Fewer days than this say nothing about a rate. */
const LEAST_DAYS = 7
/** How far ahead is looked. */
const MONTHS_AHEAD = 12

export interface ForecastRequest {
  readonly now: Date
  /** Thousandths: what the account has, less what it owes. */
  readonly balance: number
  readonly anchorAt: Date
  /** Of the period that is open. */
  readonly periodNumber: number
  readonly prices: {
    readonly baseCredits: number
    readonly includedGb: number
    readonly furtherGbCredits: number
  }
  /** The oldest first; gaps are allowed. */
  readonly samples: readonly DailySample[]
}

/**
 * When the credit will not suffice for a charge any more, if storage goes on growing as it did. `none`: not within a
 * year. `unknown`: there is not a week of samples yet.
 */
export type Forecast =
  | { readonly kind: 'runs_out'; readonly at: Date }
  | { readonly kind: 'none' | 'unknown' }

export function forecast(request: ForecastRequest): Forecast {
  const { now, anchorAt, periodNumber, prices, samples } = request
  const [first, last] = [samples[0], samples.at(-1)]
  if (first === undefined || last === undefined || daysBetween(first, last) < LEAST_DAYS - 1)
    return { kind: 'unknown' }
  const growth = medianGrowth(samples)
  let { balance } = request
  for (let number = periodNumber; number < periodNumber + MONTHS_AHEAD; number += 1) {
    const period = {
      number,
      opensAt: monthsAfter(anchorAt, number),
      closesAt: monthsAfter(anchorAt, number + 1),
    }
    const mean = meanBytes([...samples, ...projected(last, growth, period.closesAt)], period)
    balance -= storagePrice(mean, prices).amount + prices.baseCredits
    if (balance < 0)
      return { kind: 'runs_out', at: new Date(Math.max(period.closesAt.getTime(), now.getTime())) }
  }
  return { kind: 'none' }
}

function daysBetween(first: DailySample, last: DailySample): number {
  return Math.round((last.day.getTime() - first.day.getTime()) / DAY_MS)
}

/**
 * Bytes a day: the median of the slopes between all pairs of samples of the last month. One sample that is far off,
 * a day of cleaning up, or missing days do not move it.
 */
export function medianGrowth(samples: readonly DailySample[]): number {
  const recent = samples.slice(-31)
  const slopes: number[] = []
  for (const [index, one] of recent.entries()) {
    for (const other of recent.slice(index + 1)) {
      const days = daysBetween(one, other)
      if (days > 0) slopes.push((other.bytes - one.bytes) / days)
    }
  }
  slopes.sort((a, b) => a - b)
  const middle = Math.floor(slopes.length / 2)
  return slopes.length % 2 === 1
    ? (slopes[middle] ?? 0)
    : ((slopes[middle - 1] ?? 0) + (slopes[middle] ?? 0)) / 2
}

function projected(last: DailySample, growth: number, until: Date): DailySample[] {
  const days: DailySample[] = []
  for (let ahead = 1; last.day.getTime() + ahead * DAY_MS < until.getTime(); ahead += 1) {
    days.push({
      day: new Date(last.day.getTime() + ahead * DAY_MS),
      bytes: Math.max(0, last.bytes + growth * ahead),
    })
  }
  return days
}
