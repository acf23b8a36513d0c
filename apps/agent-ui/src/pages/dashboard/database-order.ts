import type { DatabaseOverview } from '@odoo-backup/protocol'

const RANK = { bad: 0, warn: 1, good: 2 } as const

/** `shop_2` before `shop_10`. */
const byName = new Intl.Collator(undefined, { numeric: true })

/** The worst first, and what nobody backs up last; among equals by name. */
export function inOrder(items: readonly DatabaseOverview[]): DatabaseOverview[] {
  return [...items].sort(
    (one, other) => rankOf(one) - rankOf(other) || byName.compare(one.database, other.database),
  )
}

function rankOf({ tone, exists, included }: DatabaseOverview): number {
  return RANK[tone] + (exists && included ? 0 : 3)
}
