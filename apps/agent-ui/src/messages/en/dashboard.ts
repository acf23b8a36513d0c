export const dashboard = {
  verdicts: {
    safe: 'You are safe.',
    attention: 'Something needs your attention.',
    unsafe: 'You are not safe.',
    nothing: 'Nothing is backed up yet.',
    all_gone: 'No database is left on this server.',
  },
  safeDetail: (count: number, oldest: string | undefined) =>
    `${count === 1 ? 'The one database has the backup that its schedule asks for' : `All ${count} databases have the backup that their schedules ask for`}${oldest === undefined ? '.' : `, the oldest of ${oldest}.`}`,
  verifiedOf: (verified: number, all: number) =>
    verified === 0
      ? 'None was verified by a trial restore yet.'
      : verified === all
        ? 'Each passed a trial restore.'
        : `${verified} of ${all} passed a trial restore.`,
  outOfDate: 'The agent does not answer: this may be out of date.',
  asOf: (moment: string) => `As of ${moment}`,
  nothingDetail: 'Set up the first backup: it takes about two minutes.',
  allGoneDetail: (backups: number) =>
    `${backups === 1 ? 'One backup is' : `${backups} backups are`} in the storage and can be restored. Check first that PostgreSQL and odoo.conf are those you expect.`,
  allLeftOut: 'Every database is left out of the backups.',
  unknown: {
    postgres: 'PostgreSQL does not answer, so the databases of this server are not known.',
    queue: 'The queue of jobs does not answer, so it is not known what runs and what failed.',
  },
  worries: {
    never: 'No backup at all',
    damaged: 'The last trial restore failed',
    overdue: 'Overdue',
    stale: 'No schedule, and the newest backup is old',
    gone: 'Scheduled, but no longer on this server',
    hung: 'A backup has been running for more than a day',
    failed: 'The last backup failed; older ones still meet the schedule',
    unscheduled: 'Nothing is scheduled, so no next backup will come',
    awaited: 'The first backup is still to come',
  },
  restoreOne: 'Restore a backup',
  setUp: 'Set up backups',
  never: 'No backup yet',
  lastBackup: 'Last backup',
  lastVerified: 'Last verified',
  notVerified: 'not yet',
  nextRun: 'Next run',
  noSchedule: 'no schedule',
  count: (count: number) => (count === 1 ? '1 backup stored' : `${count} backups stored`),
  backUpNow: 'Make a backup now',
  set: 'Settings',
  started: 'The backup has begun.',
  databases: 'Databases',
  filter: 'Find a database',
  storage: 'Stored in the last 30 days',
  sizes: 'Backup sizes of the last 7 days',
  notices: 'Notices',
  noNotices: 'Nothing to report.',
  account: 'Account',
  recharge: 'Balance and credit',
} as const
