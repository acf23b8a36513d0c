import { type Html, html } from '@odoo-backup/service'

/** A moment in UTC, to the minute, as pages show it; `never` is said where there was none. */
export function time(at: Date | undefined, never = 'never'): Html {
  if (at === undefined) return html`${never}`
  const text = at.toISOString()
  return html`<time datetime="${text}">${text.slice(0, 16).replace('T', ' ')} UTC</time>`
}
