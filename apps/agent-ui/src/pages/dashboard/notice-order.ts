import type { Notice } from '@odoo-backup/protocol'

const RANK: Readonly<Record<Notice['severity'], number>> = { error: 0, warning: 2, info: 4 }

/** The worst first; among equals what concerns the whole server, as each database is told of again at its own card. */
export function worstFirst(notices: readonly Notice[]): Notice[] {
  return [...notices].sort((one, other) => rankOf(one) - rankOf(other))
}

function rankOf({ severity, database }: Notice): number {
  return RANK[severity] + (database === undefined ? 0 : 1)
}
