import type { DatabaseOverview } from '@odoo-backup/protocol'

export type Tone = 'good' | 'warn' | 'bad'

/** What is wrong with a database, the worst first. */
export const WORRIES = ['missing', 'overdue', 'failed'] as const
export type Worry = (typeof WORRIES)[number]

export interface Verdict {
  readonly tone: Tone
  /** Which databases each worry is about; worries without any are left out. */
  readonly worries: readonly { readonly worry: Worry; readonly databases: readonly string[] }[]
}

/** The worst that can be said of a database: no backup at all, one overdue, or a last try that failed. */
export function worryOf(database: DatabaseOverview): Worry | undefined {
  if (database.lastBackup === undefined) return 'missing'
  if (database.overdue) return 'overdue'
  if (database.lastFailure !== undefined || database.lastBackup.verification?.passed === false)
    return 'failed'
  return undefined
}

export function toneOf(database: DatabaseOverview): Tone {
  const worry = worryOf(database)
  return worry === undefined ? 'good' : worry === 'failed' ? 'warn' : 'bad'
}

/** The whole stands as its worst database does; databases that are gone count no more. */
export function verdictOf(databases: readonly DatabaseOverview[]): Verdict {
  const present = databases.filter(database => database.exists)
  const worries = WORRIES.map(worry => ({
    worry,
    databases: present.filter(item => worryOf(item) === worry).map(item => item.database),
  })).filter(({ databases: names }) => names.length > 0)
  const tones = present.map(toneOf)
  return { tone: tones.includes('bad') ? 'bad' : tones.includes('warn') ? 'warn' : 'good', worries }
}
