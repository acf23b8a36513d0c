import { type Html, html } from '@odoo-backup/service'

/** A moment in UTC, to the minute, as pages show it; `never` is said where there was none. */
export function time(at: Date | undefined, never = 'never'): Html {
  if (at === undefined) return html`${never}`
  return html`<time datetime="${at.toISOString()}">${timeText(at)}</time>`
}

/** The day of it alone. */
export function day(at: Date): Html {
  return html`<time datetime="${at.toISOString()}">${at.toISOString().slice(0, 10)}</time>`
}

/** The same in a column that has to be narrow: its line may end after the day. */
export function dayAndTime(at: Date): Html {
  const [day, minute, zone] = timeText(at).split(' ')
  return html`<time class="parted" datetime="${at.toISOString()}"><span>${day}</span> <span>${minute} ${zone}</span></time>`
}

/** The same where there is only text. */
export function timeText(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
