import { formatCount } from '../../format.ts'

export const dashboard = {
  slow: 'The storage of the backups has not answered yet. It is tried for a while; then this page says what is known without it. If it never answers, look at Settings: endpoint, region and bucket, and whether a firewall lets this server out.',
  verdicts: {
    safe: 'You are safe.',
    attention: 'Something needs your attention.',
    unsafe: 'You are not safe.',
    nothing: 'Nothing is backed up yet.',
    all_gone: 'No database is left on this server.',
  },
  safeDetail: (count: number, oldest: string | undefined) =>
    count === 1
      ? `The one database has the backup that its schedule asks for${oldest === undefined ? '' : `, made ${oldest}`}.`
      : `All ${count} databases have the backup that their schedules ask for${oldest === undefined ? '' : `, the oldest made ${oldest}`}.`,
  verifiedOf: (verified: number, all: number) =>
    verified === 0
      ? `${all === 1 ? 'It was not' : 'None was'} verified by a trial restore yet.`
      : verified === all
        ? `${all === 1 ? 'It' : 'Each'} passed a trial restore.`
        : `${verified} of ${all} passed a trial restore.`,
  looking: 'Looking at what is stored …',
  lookingDetail: 'With many backups this takes a few seconds.',
  checking: 'Checking …',
  askingAccount: 'The account is being asked …',
  outOfDate: {
    away: 'The agent does not answer: this may be out of date.',
    failing: 'The agent did not answer as it should: this may be out of date.',
  },
  awayDetail: 'It may be restarting; check that its service runs.',
  hindrances: {
    grace: 'A payment is due: without it, the account will soon take no new backups.',
    restore_only: 'The account takes no new backups: a payment is due.',
    lapsed: 'The account takes no new backups and lets none be restored: a payment is due.',
    suspended:
      'The operator of odoo-backup.sh suspended the account: nothing is backed up or restored. Write to them.',
  },
  asOf: (moment: string) => `As of ${moment}`,
  elsewhereDetail:
    'No schedule is set. Backups can also go to a bucket of your own or to a folder, without odoo-backup.sh.',
  nothingDetail: 'Set up the first backup: it takes about two minutes.',
  allGoneDetail: (backups: number) =>
    `${backups === 1 ? 'One backup is' : `${formatCount(backups, 'en')} backups are`} in the storage and can be restored. Check first that PostgreSQL and odoo.conf are those you expect.`,
  allLeftOut: 'Every database is left out of the backups.',
  unknown: {
    postgres: 'PostgreSQL does not answer, so the databases of this server are not known.',
    queue: 'The queue of jobs does not answer, so it is not known what runs and what failed.',
    storage: 'Not every place for backups answers, so it is not known what lies there:',
  },
  worries: {
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
  },
  restoreOne: 'Restore a backup',
  setUp: 'Set up backups',
  never: 'no backup yet',
  lastBackup: 'Last backup',
  lastVerified: 'Last verified',
  notVerified: 'not yet',
  nextRun: 'Next run',
  noSchedule: 'no schedule',
  count: (count: number) => (count === 1 ? '1 backup' : `${formatCount(count, 'en')} backups`),
  backUpNow: 'Make a backup now',
  set: 'Settings',
  databases: 'Databases',
  filter: 'Find a database',
  storage: 'Stored in the last 30 days',
  sizes: 'Sizes of the last 7 days',
  notices: 'Notices',
  showAllNotices: (count: number) => `Show all ${count} notices`,
  account: 'Account',
  recharge: 'Buy credit',
  noRecharge: 'There is no account with a balance here.',
  accountName: 'Connected as',
  standing: 'State',
  standings: {
    trial: 'trial: nothing is charged yet',
    paid: 'paid: everything works',
    grace: 'a payment is due; everything still works for now',
    restore_only: 'a payment is due: backups can be restored, but no new ones are taken',
    lapsed: 'a payment is due: backups are kept, but nothing can be taken or restored until it is paid',
    suspended: 'suspended by the operator',
    not_billed: 'not used yet: the first month begins when a server is connected',
  },
  balance: 'Balance',
  /** What credits are called by the plan. */
  currency: (label: string) => label,
  owed: 'Due',
  paidUntil: 'Paid until',
  putAway: 'Dismiss',
  notHere: 'Not on this server any more; its backups are kept.',
  leftOut: 'Left out of the backups.',
  leaveOut: 'Leave out',
  leaveOutHelp: 'Nobody expects backups of it any more. Its settings can bring it back.',
  storedHere: 'Stored',
  watch: 'Watch the backup',
  showAll: (count: number) => `Show all ${count} databases`,
  storageHelp: 'By the backups that still exist',
  figures: { backups: 'Backups', stored: 'Stored', running: 'Running now' },
  storedAt: (place: string, backups: number, size: string) =>
    `${place}: ${backups === 1 ? '1 backup' : `${formatCount(backups, 'en')} backups`}, ${size}`,
} as const
