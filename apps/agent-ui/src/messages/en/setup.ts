export const setup = {
  title: 'Set up backups',
  steps: { storage: 'Where to', databases: 'Databases', plan: 'When and how long', first: 'First backup' },
  storageIntro: 'Choose where backups are kept. The next step opens when the storage answers.',
  connect: 'Save and connect',
  noDatabases: 'No Odoo database was found. Check the agent with: odoo-backup doctor',
  nightly: 'A backup every night',
  passwordAgain: 'The password once more',
  passwordsDiffer: 'The two passwords differ.',
  ready: 'Everything is set. Make the first backup now and watch it.',
} as const
