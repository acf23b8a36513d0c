import { type Html, html } from '@odoo-backup/service'

/** A moment in UTC, to the minute, as pages show it. */
export function time(at: Date | undefined): Html {
  if (at === undefined) return html`never`
  const text = at.toISOString()
  return html`<time datetime="${text}">${text.slice(0, 16).replace('T', ' ')} UTC</time>`
}
