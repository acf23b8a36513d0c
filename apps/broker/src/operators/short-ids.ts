import { type Html, html } from '@odoo-backup/service'
import { namedByColons } from '../pages/line-ends.ts'

const UUID = /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}([0-9a-f]{12})\b/g

/**
 * A text whose ids are cut to their last part, the one in which they differ; the whole stands in its title. A line may
 * end after a colon, and not within an id.
 */
export function shortIds(text: string): Html {
  // Beside what stands between them, the last parts of the ids.
  const parts = text.split(UUID)
  const short = parts.map((part, index) =>
    index % 2 === 0 ? namedByColons(part) : html`<span class="whole">…${part}</span>`,
  )
  return parts.length === 1 ? html`<bdi>${short}</bdi>` : html`<bdi title="${text}">${short}</bdi>`
}

/** The address of a client, if there is one: one of IPv6 ends its line after a colon, one of IPv4 is whole. */
export function addressText(address: string | null): Html | false {
  return address !== null && html`<span class="quiet address"><bdi>${namedByColons(address)}</bdi></span>`
}
