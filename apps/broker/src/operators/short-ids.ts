import { type Html, html } from '@odoo-backup/service'

const UUID = /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}([0-9a-f]{12})\b/g

/** A text whose ids are cut to their last part, the one in which they differ; the whole stands in its title. */
export function shortIds(text: string): Html {
  // Beside what stands between them, the last parts of the ids.
  const parts = text.split(UUID)
  if (parts.length === 1) return html`<bdi>${text}</bdi>`
  const short = parts.map((part, index) =>
    index % 2 === 0 ? part : html`<span class="whole">…${part}</span>`,
  )
  return html`<bdi title="${text}">${short}</bdi>`
}
