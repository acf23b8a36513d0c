export const setup = {
  title: 'Set up backups',
  steps: { storage: 'Where to', databases: 'Databases', plan: 'When and how long', first: 'First backup' },
  stepOf: (step: number, steps: number, name: string) => `Step ${step} of ${steps}: ${name}`,
  storageIntro: 'Choose where backups are kept. What you enter is tried before it is saved.',
  databasesIntro: 'These databases are on the server. Which of them are to be backed up?',
  connect: { broker: 'Save and connect', own: 'Test and go on', directory: 'Test and go on' },
  noDatabases: 'No Odoo database was found. Check the agent with: odoo-backup doctor',
  nightly: 'A backup every night',
  planned: 'has a schedule, which stays',
  leftOut: 'What is left out is not backed up, and you are not warned of it. The settings can change that.',
  allPlanned: 'All databases that you chose have a schedule, which stays. The settings can change it.',
  planFor: (names: string) => `For those without a schedule: ${names}`,
  retentionHelp:
    'For so many days, weeks and months the last backup of each stays. Older ones are deleted by themselves, never the three newest.',
  weeklyDrill: 'Restore the newest backup on trial once a week',
  savePlan: 'Save and go on',
  ready:
    'Everything is set. Make the first backup now and watch it. It is then restored on trial, into a hidden database that is dropped again.',
  running: 'Backing up, then restoring on trial. You may leave this page; the jobs go on.',
  verified: (count: number) =>
    count === 1
      ? 'Your first backup is made and verified.'
      : `Your first ${count} backups are made and verified.`,
  tellWhom: 'Next, say who is told when a backup fails.',
  tookInAll: (span: string) => `It took ${span}. From now on it happens by itself.`,
  firstFailed: 'A first backup, or its trial restore, failed.',
  firstFailedHelp: 'Read the reason below, mend it, and try again.',
} as const
