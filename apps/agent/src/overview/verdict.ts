import { type DatabaseOverview, type Verdict, Worry } from '@odoo-backup/protocol'

/**
 * One word and one colour for all databases. The whole stands as its worst database does; what is not known is never
 * called good, and a server without databases is not safe but empty.
 */
export function verdictOf(databases: readonly DatabaseOverview[], unknown: Verdict['unknown']): Verdict {
  const included = databases.filter(item => item.exists && item.included)
  const worries = Worry.options
    .map(worry => ({
      worry,
      databases: databases.filter(item => item.worry === worry).map(({ database }) => database),
    }))
    .filter(({ databases: names }) => names.length > 0)
  const [oldestBackupAt] = included.flatMap(({ lastBackup }) => lastBackup?.takenAt ?? []).sort()
  const about = {
    worries,
    included: included.length,
    ...(oldestBackupAt === undefined ? {} : { oldestBackupAt }),
    verified: included.filter(({ lastVerifiedAt }) => lastVerifiedAt !== undefined).length,
    unknown: [...unknown],
  }
  return { ...summary(databases, included, unknown), ...about }
}

function summary(
  databases: readonly DatabaseOverview[],
  included: readonly DatabaseOverview[],
  unknown: Verdict['unknown'],
): Pick<Verdict, 'tone' | 'word'> {
  const untouched = (item: DatabaseOverview) =>
    item.backups === 0 && item.nextRunAt === undefined && item.lastFailure === undefined && !item.overdue
  const present = databases.filter(item => item.exists)
  if (!unknown.includes('postgres') && present.length === 0 && databases.some(item => !untouched(item)))
    return { tone: 'bad', word: 'all_gone' }
  if (unknown.length === 0 && databases.every(untouched)) return { tone: 'warn', word: 'nothing' }
  const tones = databases.map(({ tone }) => tone)
  if (tones.includes('bad')) return { tone: 'bad', word: 'unsafe' }
  // With every database left out there is nothing that anybody could be sure of.
  const isCertain = included.length > 0 && unknown.length === 0
  return tones.includes('warn') || !isCertain
    ? { tone: 'warn', word: 'attention' }
    : { tone: 'good', word: 'safe' }
}
