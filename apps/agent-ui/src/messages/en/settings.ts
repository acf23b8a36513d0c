import type { FieldFaultCode } from '@odoo-backup/protocol'

export const settings = {
  title: 'Settings',
  databases: 'Databases',
  notices: 'Notices',
  tokens: 'Users and tokens',
  enabled: 'Back up by schedule',
  schedules: 'Schedule',
  nextRuns: (timeZone: string) => `Next runs, in your own time (${timeZone})`,
  retention: 'Which backups stay',
  retentionHelp:
    'Each number says from how many of the latest hours, days, weeks, months or years the last backup stays; 0: from none. The newest backup always stays. Where all are 0, every backup stays.',
  hourly: 'One per hour',
  daily: 'One per day',
  weekly: 'One per week',
  monthly: 'One per month',
  yearly: 'One per year',
  /** Behind a number of each. */
  units: {
    hourly: (count: number) => (count === 1 ? 'hour' : 'hours'),
    daily: (count: number) => (count === 1 ? 'day' : 'days'),
    weekly: (count: number) => (count === 1 ? 'week' : 'weeks'),
    monthly: (count: number) => (count === 1 ? 'month' : 'months'),
    yearly: (count: number) => (count === 1 ? 'year' : 'years'),
    keepAtLeast: (count: number) => (count === 1 ? 'backup' : 'backups'),
  },
  allOfThem: 'all of them',
  keepAtLeast: 'The newest, in any case',
  keepAtLeastHelp: 'So many stay whatever the limits say.',
  previewLoading: 'Working out what would stay and go …',
  previewText: (kept: number, gone: number) => {
    if (gone > 0) return `${kept === 1 ? '1 backup stays' : `${kept} backups stay`}, ${gone} will be deleted.`
    if (kept === 0) return 'There are no backups yet.'
    return kept === 1 ? 'The one backup stays.' : `All ${kept} backups stay.`
  },
  previewUnsaved: 'Nothing changes until you save.',
  previewGone: 'Will be deleted',
  previewKept: 'Will stay',
  encryption: 'Encryption',
  encryptionHelp:
    'With encryption, whoever has the backups cannot read them without your password: not the storage, not us. It protects you if keys of the storage leak.',
  encrypt: 'Encrypt with a password',
  newPassword: 'New password',
  passwordStays:
    'Leave it empty to keep the present one. Earlier backups keep the password they were made with.',
  passwordAgain: 'The password once more',
  passwordsDiffer: 'The two passwords differ.',
  password: 'Password',
  keptElsewhere: 'I keep this password elsewhere too. Without it, nobody can ever open these backups.',
  lostPassword:
    'If the password is lost, the backups are lost with it. Nobody can recover them, we cannot either.',
  byHandOnly: 'Without a schedule that runs, backups are made by hand alone.',
  byHand: 'no schedule',
  leftOut: 'left out',
  paused: 'schedules are off',
  encrypted: 'encrypted',
  drills: 'Trial restores',
  drillsHelp:
    'A trial restore restores the newest backup into a hidden database, checks it, and drops it. A backup that was never restored is a hope.',
  format: 'Format',
  formatZip: 'zip, with the files',
  formatZipHelp: 'As Odoo’s own database manager makes and takes it.',
  formatDump: 'dump, the database alone',
  formatDumpHelp: 'PostgreSQL’s own format. Attachments are not in it.',
  ping: 'Sign of life',
  pingUrl: 'Address to call after each good backup',
  pingHelp:
    'For services such as Healthchecks that tell you when the call does not come. Only its origin is shown once it is saved.',
  removeAddress: (origin: string) => `Remove the present one (${origin})`,
  namesOf: {
    enabled: 'Back up on schedule',
    schedules: 'Schedule',
    drills: 'Trial restores',
    format: 'Format',
    hourly: 'One per hour',
    daily: 'One per day',
    weekly: 'One per week',
    monthly: 'One per month',
    yearly: 'One per year',
    keepAtLeast: 'The newest in any case',
    encrypted: 'Encryption',
    encryptionPassword: 'Password of the encryption',
    passwordKeptElsewhere: 'Encryption',
    pingUrl: 'Sign of life',
    destination: 'Where its backups go',
    storage: 'Where backups go',
    mailTo: 'Send e-mail to',
    mailFrom: 'Sender',
    smtpHost: 'Mail server (SMTP)',
    smtpPort: 'Port of the mail server',
    smtpUser: 'User at the mail server',
    smtpPassword: 'Password at the mail server',
    webhook: 'Webhook (Slack-compatible)',
    allowPrivateAddresses: 'Private addresses',
  },
  destination: 'Where its backups go',
  apart: 'To a place of its own',
  apartHelp: 'Otherwise they go where those of all databases go, as the settings of the whole agent say.',
  apartMoves:
    'Earlier backups stay where they are. They are listed and can be restored as long as the agent or another database uses that place, but are not rotated any more.',
  apartBroker: 'Connect the storage of odoo-backup.sh in the settings of the whole agent, if it is not yet.',
  overtaken:
    'Nothing was saved: this was changed meanwhile, in another tab, by somebody else or in the file.',
  overtakenHelp:
    'What you typed is still here. Load the new settings to look at them first, or save yours over them.',
  loadNew: 'Load the new settings',
  insist: 'Save mine over them',
  unsaved: 'Not saved yet.',
  /** Before the name of a database. */
  settingsOf: 'Settings of',
  noDatabases: 'No Odoo database was found. Check the agent with: odoo-backup doctor',
  notYours: 'Settings are for administrators. You are signed in with a role that may look or back up.',
  tokenName: 'Name',
  tokenRole: 'Role',
  roles: { look: 'may look', operate: 'may back up', administer: 'may do everything' },
  makeToken: 'Make a token',
  tokenNameHelp: 'Letters, digits, _ and -',
  tokenDatabase: 'Limited to',
  allDatabases: 'all databases',
  usersHelp:
    'The master password opens everything. Odoo users with the right "Settings" sign in with their own log-in and reach their own database. Tokens are for scripts.',
  whatScriptsCanDo: 'What scripts can do',
  removeTokenTitle: (name: string) => `Remove the token ${name}?`,
  removeTokenText: 'What uses it is refused from then on.',
  tokenOnce: 'Copy the token now: it is shown only this once.',
  removeToken: 'Remove',
  mailTo: 'Send e-mail to',
  mailToHelp: 'Several addresses are separated by commas.',
  noAddresses: (typed: readonly string[]) => {
    const named = typed.map(each => `“${each}”`).join(', ')
    return typed.length === 1
      ? `${named} is no e-mail address. Write it like admin@example.com.`
      : `These are no e-mail addresses: ${named}. Write them like admin@example.com.`
  },
  mailFrom: 'Sender',
  smtpHost: 'Mail server (SMTP)',
  smtpPort: 'Port of the mail server',
  smtpUser: 'User at the mail server',
  smtpUserHelp: 'Leave it empty where the server asks for no log-in.',
  smtpPassword: 'Password at the mail server',
  secretStays: 'Leave it empty to keep the present one. It is never shown.',
  noticesHelp:
    'Failed or overdue backups, failed trial restores, storage out of reach and the like are told once, when they begin.',
  privateAddresses: 'Webhooks and pings may go to this machine and the private network',
  privateAddressesHelp:
    'Off, so that an address which somebody enters here cannot reach services behind the firewall.',
  webhook: 'Webhook (Slack-compatible)',
  webhookHelp: 'Only its origin is shown once it is saved.',
  sendTest: { mail: 'Send a test mail', webhook: 'Test the webhook' },
  /** What is missing for each. */
  testNeeds: {
    mail: 'A test mail needs an address to send it to and a mail server.',
    webhook: 'To test the webhook, enter its address.',
  },
  testSent: 'Sent.',
} as const

export const schedules = {
  every: 'Every',
  unit: 'Unit',
  units: { minutes: 'minutes', hours: 'hours', days: 'days', weeks: 'weeks', months: 'months' },
  at: 'At',
  cron: 'Cron expression',
  addNightly: 'Add a nightly run',
  addWeekly: 'Add a weekly trial restore',
  addCron: 'Add a cron expression',
  remove: 'Remove',
  removeOne: (number: number) => `Remove ${number}`,
} as const

export const storage = {
  title: 'Storage',
  where: 'Where backups go',
  kinds: { broker: 'odoo-backup.sh', own: 'An S3 bucket of my own', directory: 'A folder of this server' },
  kindHelp: {
    broker:
      'Log in at odoo.com and approve: nothing else to set up. This server never holds a long-lived key.',
    own: 'Amazon, Hetzner, Backblaze, MinIO, Ceph or any other that speaks S3, with your own keys.',
    directory: 'Best a disk that is mounted from another machine.',
  },
  toFollow: 'to follow',
  help: {
    endpoint: 'Such as https://s3.example.com. Leave it empty for Amazon.',
    region: 'Such as eu-central-1. Stores other than Amazon mostly take any.',
    bucket: '',
    folder: 'Several servers may share a bucket, each in a folder of its own.',
    accessKeyId: '',
  },
  path: 'Folder of the server',
  pathHelp: 'It must be there, and the agent must be allowed to write to it.',
  sameMachine:
    'If this server is lost, what lies on its own disks is lost with it. Use a disk of another machine.',
  test: 'Test the connection',
  tryAndSave: { broker: 'Connect', own: 'Test and save', directory: 'Test and save' },
  trying: 'Trying …',
  testOk: {
    broker: 'Connected.',
    own: 'A small object was written, listed, read and deleted. Nothing is saved yet.',
    directory: 'A small file was written, listed, read and deleted. Nothing is saved yet.',
  },
  saveUntried: 'Save anyway',
  losesKeysTitle: 'Remove the keys of your bucket?',
  losesKeys: (bucket: string) =>
    `The keys of ${bucket} are taken out of this agent’s file. Its backups stay where they are, but are not listed or rotated any more. Keep the keys, or you cannot reach them.`,
  losesKeysAction: 'Remove the keys and connect',
  endpoint: 'Endpoint',
  region: 'Region',
  bucket: 'Bucket',
  folder: 'Folder in the bucket',
  accessKeyId: 'Access key',
  secretAccessKey: 'Secret key',
  secretHelp: 'Leave it empty to keep the present one. It is never shown.',
  secretAgain: 'Enter it again: this place is saved as a whole. It is never shown.',
  secretNever: 'It is kept in the agent’s file and never shown.',
  pathStyle: 'Path style addresses (most stores other than Amazon want them)',
} as const

/** What is wrong with one field, by the agent's code. */
export const fieldFaults = {
  required: 'This must be filled in.',
  too_long: 'This is too long.',
  range: 'This number is too small or too large.',
  email: 'This is no e-mail address. Write it like admin@example.com.',
  address: 'Write an address that begins with https:// or http://.',
  schedule: 'This says no time: a cron expression has five parts, such as 30 3 * * *.',
  time_zone: 'The agent does not know the time zone of this schedule.',
  folder: 'Write a folder such as backups/odoo in a bucket, or /mnt/backups on the server.',
  password: 'This password cannot be used: no line breaks, and nothing that the file cannot hold.',
  invalid: 'This is not accepted here.',
} as const satisfies Record<FieldFaultCode, string>
