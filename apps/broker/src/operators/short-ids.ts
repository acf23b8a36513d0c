import { type Html, html } from '@odoo-backup/service'

const UUID = /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}([0-9a-f]{12})\b/g

/** A text whose ids are cut to their last part, the one in which they differ; the whole stands in its title. */
export function shortIds(text: string): Html {
  const short = text.replaceAll(UUID, '…$1')
  return short === text ? html`<bdi>${text}</bdi>` : html`<bdi title="${text}">${short}</bdi>`
}
