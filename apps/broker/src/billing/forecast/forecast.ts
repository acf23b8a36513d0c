import { monthsAfter, periodAt, periodOf } from '../plans/period.ts'
import { type DailySample, meanBytes, storagePrice } from '../plans/storage-price.ts'

const DAY_MS = 86_400_000
/** Fewer days than this say nothing about a rate. */
const LEAST_DAYS = 7
/** Samples that ended longer ago say nothing about the present rate. */
const RECENT_DAYS = 7
/** How far ahead is looked. */
const MONTHS_AHEAD = 12

/** What storage costs in a month. */
export interface StoragePrices {
  readonly includedGb: number
  readonly furtherGbCredits: number
}

export interface ForecastRequest {
  readonly now: Date
  /** Thousandths: what the account has, less what it owes. */
  readonly balance: number
  /** When the first month begins; later than now in a trial. */
  readonly anchorAt: Date
  /** The last month that was opened, with the prices that were copied into it; undefined: none was yet. */
  readonly opened: ({ readonly number: number } & StoragePrices) | undefined
  /** What months cost that open from now on. */
  readonly prices: StoragePrices & { readonly baseCredits: number }
  /** The oldest first; gaps are allowed. */
  readonly samples: readonly DailySample[]
}

/**
 * When the credit will not suffice for a charge any more, if storage goes on growing as it did. `none`: not within a
 * year. `unknown`: there is not a week of samples yet, or they ended long ago.
 */
export type Forecast =
  | { readonly kind: 'runs_out'; readonly at: Date }
  | { readonly kind: 'none' | 'unknown' }

export function forecast(request: ForecastRequest): Forecast {
  const { now, samples } = request
  const [first, last] = [samples[0], samples.at(-1)]
  if (first === undefined || last === undefined || daysBetween(first, last) < LEAST_DAYS - 1)
    return { kind: 'unknown' }
  if (now.getTime() - last.day.getTime() > (RECENT_DAYS + 1) * DAY_MS) return { kind: 'unknown' }
  const growth = medianGrowth(samples)
  const storageOf = (number: number, prices: StoragePrices) => {
    const period = periodOf(request.anchorAt, number)
    const mean = meanBytes([...samples, ...projected(last, growth, period.closesAt)], period)
    return storagePrice(mean, prices).amount
  }
  const horizon = monthsAfter(now, MONTHS_AHEAD)
  let { balance } = request
  for (const { at, opens, ends } of comingMonths(request)) {
    if (opens > horizon) break
    balance -= request.prices.baseCredits
    if (ends !== undefined) balance -= storageOf(ends.number, ends)
    if (balance < 0) return { kind: 'runs_out', at }
  }
  return { kind: 'none' }
}

interface ComingMonth {
  /** When it is charged. */
  readonly at: Date
  readonly opens: Date
  /** The month whose storage is charged with it. */
  readonly ends: ({ readonly number: number } & StoragePrices) | undefined
}

/** The months that will be opened, without end. One that runs already and was not opened yet is charged now. */
function* comingMonths({ now, anchorAt, opened, prices }: ForecastRequest): Generator<ComingMonth> {
  const running = periodAt(anchorAt, now)?.number ?? 0
  let ends = opened
  let number = Math.max(running, (opened?.number ?? -1) + 1)
  for (;;) {
    const opens = monthsAfter(anchorAt, number)
    yield { at: opens > now ? opens : now, opens, ends }
    ends = { ...prices, number }
    number += 1
  }
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
