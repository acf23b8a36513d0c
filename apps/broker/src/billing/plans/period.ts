/** A month of service: from `opensAt` to before `closesAt`. */
export interface Period {
  readonly number: number
  readonly opensAt: Date
  readonly closesAt: Date
}

/**
 * The anchor plus n months in UTC, counted from the anchor and clamped to the month's last day, so that the 31st
 * does not wander: 31 January, 28 February, 31 March.
 */
export function monthsAfter(anchor: Date, months: number): Date {
  const date = new Date(anchor)
  date.setUTCDate(1)
  date.setUTCMonth(date.getUTCMonth() + months)
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  date.setUTCDate(Math.min(anchor.getUTCDate(), lastDay))
  return date
}

/** Period n of an anchor. */
export function periodOf(anchor: Date, number: number): Period {
  return { number, opensAt: monthsAfter(anchor, number), closesAt: monthsAfter(anchor, number + 1) }
}

/** The period that holds `now`; undefined before the anchor. */
export function periodAt(anchor: Date, now: Date): Period | undefined {
  if (now < anchor) return undefined
  const months =
    (now.getUTCFullYear() - anchor.getUTCFullYear()) * 12 + now.getUTCMonth() - anchor.getUTCMonth()
  const number = monthsAfter(anchor, months) > now ? months - 1 : months
  return periodOf(anchor, number)
}
