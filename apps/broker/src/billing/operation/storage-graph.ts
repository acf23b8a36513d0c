import { type Html, html } from '@odoo-backup/service'

export interface StoredOnDay {
  /** As `2026-01-31`. */
  readonly day: string
  readonly bytes: number
}

const DAY_MS = 86_400_000
/** So many days are shown at least, since one or two alone would fill the whole width. */
const LEAST_DAYS = 30
const MOST_DAYS = 90
const HEIGHT = 120
const SLOT = 10
const BAR = 8

/**
 * What was stored, a bar a day, with the scale beside it and the first and last day below; days without a sample stay
 * empty. Who does not see it has the sentence beside it.
 *
 * @param all one or more, the oldest first; of those that lie far back none is drawn
 * @param amount how bytes are written
 */
export function storageGraph(all: readonly StoredOnDay[], amount: (bytes: number) => string): Html {
  const at = ({ day }: StoredOnDay) => Date.parse(day) / DAY_MS
  const last = Math.max(...all.map(at))
  const samples = all.filter(sample => at(sample) > last - MOST_DAYS)
  const days = samples.map(at)
  const first = Math.min(last - LEAST_DAYS + 1, ...days)
  const most = Math.max(...samples.map(({ bytes }) => bytes))
  const slots = last - first + 1
  const bars = samples.map(({ bytes }, index) => {
    const height = most === 0 ? 0 : (bytes / most) * HEIGHT
    const x = ((days[index] ?? last) - first) * SLOT + (SLOT - BAR) / 2
    return html`<rect x="${x}" y="${(HEIGHT - height).toFixed(1)}" width="${BAR}" height="${height.toFixed(1)}"/>`
  })
  const dayOf = (number: number) => new Date(number * DAY_MS).toISOString().slice(0, 10)
  return html`<div class="graph quiet" aria-hidden="true"><div class="scale"><span>${amount(most)}</span><span>0</span></div>
<svg viewBox="0 0 ${slots * SLOT} ${HEIGHT}" preserveAspectRatio="none" fill="currentColor">${bars}</svg>
<div class="days"><span>${dayOf(first)}</span><span>${dayOf(last)}</span></div></div>`
}
