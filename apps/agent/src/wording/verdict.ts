import type { DatabaseOverview, Overview, Verdict, Worry } from '@odoo-backup/protocol'
import { formatTime } from './amounts.ts'

const VERDICTS: Readonly<Record<Verdict['word'], string>> = {
  safe: 'You are safe.',
  attention: 'Something needs your attention.',
  unsafe: 'You are NOT SAFE.',
  nothing: 'Nothing is backed up yet.',
  all_gone: 'You are NOT SAFE: no database is left on this server.',
}

const UNKNOWN: Readonly<Record<Verdict['unknown'][number], string>> = {
  postgres: 'PostgreSQL does not answer, so the databases of this server are not known.',
  queue: 'The queue of jobs does not answer, so it is not known what runs and what failed.',
  storage: 'Not every place for backups answers, so it is not known what lies there:',
}

const WORRIES: Readonly<Record<Worry, string>> = {
  never: 'No backup at all',
  damaged: 'The last trial restore failed',
  overdue: 'Overdue',
  stale: 'No schedule, and the newest backup is old',
  gone: 'Scheduled, but no longer on this server',
  hung: 'A backup has been running for more than a day',
  failed: 'The last backup failed; older ones still meet the schedule',
  unseen: 'The place where its backups go does not answer',
  unscheduled: 'Nothing is scheduled, so no next backup will come',
  awaited: 'The first backup is still to come',
}

/** Am I safe? One sentence as the page says it, then what is wrong with which database and why. */
export function verdictLines({ verdict, databases, unreachable }: Overview): string[] {
  return [
    VERDICTS[verdict.word],
    ...detail(verdict),
    ...verdict.unknown.map(what => UNKNOWN[what]),
    ...unreachable.map(({ place, message }) => `- ${place}: ${message}`),
    ...verdict.worries.flatMap(({ worry, databases: names }) => [
      `- ${WORRIES[worry]}: ${names.join(', ')}`,
      ...reasons(databases, worry).map(reason => `    ${reason}`),
    ]),
  ]
}

function detail(verdict: Verdict): string[] {
  const { word, included, oldestBackupAt, verified } = verdict
  if (word === 'nothing') return ['Make the first one with: odoo-backup backup DATABASE']
  if (word === 'all_gone') return ['Check first that PostgreSQL and odoo.conf are those you expect.']
  if (word === 'attention' && included === 0 && verdict.unknown.length === 0)
    return ['Every database is left out of the backups.']
  if (word !== 'safe') return []
  const [whole, of] =
    included === 1
      ? ['The one database has the backup that its schedule asks for', 'of']
      : [`All ${included} databases have the backup that their schedules ask for`, 'the oldest of']
  const oldest = oldestBackupAt === undefined ? '' : `, ${of} ${formatTime(oldestBackupAt)}`
  return [`${whole}${oldest}. ${verifiedOf(verified, included)}`]
}

function verifiedOf(verified: number, included: number): string {
  const isOne = included === 1
  if (verified === 0) return `${isOne ? 'It was not' : 'None was'} verified by a trial restore yet.`
  return verified === included
    ? `${isOne ? 'It' : 'Each'} passed a trial restore.`
    : `${verified} of ${included} passed a trial restore.`
}

/** Why the last try failed, said once however many databases it struck. */
function reasons(databases: readonly DatabaseOverview[], worry: Worry): string[] {
  const struck = databases.filter(item => item.worry === worry)
  return [...new Set(struck.flatMap(({ lastFailure }) => lastFailure?.message ?? []))]
}
