import { type Html, html } from '@odoo-backup/service'

const DATE = /(\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}[\d:.]*(?:Z| UTC)?)?(?!\w))/

/** A sentence whose dates do not end one line and go on in the next, as they may at each hyphen. */
export function withWholeDates(sentence: string): Html {
  const parts = sentence.split(DATE)
  return html`${parts.map((part, index) => (index % 2 === 0 ? part : html`<span class="whole">${part}</span>`))}`
}

/** A moment in UTC, to the minute, as pages show it; `never` is said where there was none. */
export function time(at: Date | undefined, never = 'never'): Html {
  if (at === undefined) return html`${never}`
  return html`<time datetime="${at.toISOString()}">${timeText(at)}</time>`
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
