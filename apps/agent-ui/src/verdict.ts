import type { DatabaseOverview } from '@odoo-backup/protocol'

export type Tone = 'good' | 'warn' | 'bad'

export interface Verdict {
  readonly tone: Tone
  /** Databases that made it so. */
  readonly databases: readonly string[]
}

/** How a database stands: bad without any backup or when one is overdue, a warning when the last try failed. */
export function toneOf(database: DatabaseOverview): Tone {
  if (database.lastBackup === undefined || database.overdue) return 'bad'
  if (database.lastFailure !== undefined || database.lastBackup.verification?.passed === false) return 'warn'
  return 'good'
}

/** The whole stands as its worst database does; databases that are gone count no more. */
export function verdictOf(databases: readonly DatabaseOverview[]): Verdict {
  const present = databases.filter(database => database.exists)
  for (const tone of ['bad', 'warn'] as const) {
    const reasons = present.filter(database => toneOf(database) === tone).map(database => database.database)
    if (reasons.length > 0) return { tone, databases: reasons }
  }
  return { tone: 'good', databases: [] }
}
