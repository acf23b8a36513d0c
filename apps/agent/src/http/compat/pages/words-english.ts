import type { JobView, WarningText } from '@odoo-backup/protocol'
import { formatBytes, formatCount } from '../../../wording/amounts.ts'
import { afterCancelling, progressLine } from '../../../wording/job.ts'
import { neutralisedLines } from '../../../wording/neutralised.ts'
import { withBoundUnits } from './units.ts'

const KINDS: Readonly<Record<JobView['kind'], string>> = {
  backup: 'Backup of',
  restore: 'Restore of',
  rotate: 'Rotation of',
  verify: 'Trial restore of',
  delete: 'Deletion of a backup of',
}

/** Every text of the plain pages in English. */
export const ENGLISH = {
  language: 'en',
  title: 'Backups',
  skip: 'Skip to the content',
  /** The agent speaks English; other languages say here what its stable codes mean, and fields of forms may hold. */
  ofCode: (_code: string): string => '',
  ofField: (_path: string): string => '',
  /** Whether `ofCode` says all that the agent does. */
  saysAll: (_code: string): boolean => false,
  ofWarning: (_text: WarningText): string => '',
  agentSays: '',
  notRestored: 'Database restore error:',
  details: 'Show the details',
  noBackups: 'There are no backups yet.',
  showLone: 'Show archives that are not complete',
  noLone: 'Every archive is complete.',
  lone: 'Archives that are not complete: their .info is missing',
  signOut: 'Sign out',
  toInterface: 'Schedules, settings and more, in the web interface',
  toManager: 'Back to the database manager',
  backups: (count: number) => `${formatCount(count)} ${count === 1 ? 'backup' : 'backups'}`,
  backup: 'Backup',
  file: 'File',
  made: 'Made',
  size: 'Size',
  bytes: (count: number) => withBoundUnits(formatBytes(count)),
  restore: 'Restore',
  restoreOne: (name: string) => `Restore ${name}`,
  encrypted: ' (encrypted)',
  pinned: ' (pinned)',
  foreign: ' (of another server)',
  missing: (files: number) => `(${formatCount(files)} ${files === 1 ? 'file was' : 'files were'} missing)`,
  pages: 'Pages',
  newer: 'Newer',
  older: 'Older',
  pageOf: (page: number, pages: number) => `Page ${formatCount(page)} of ${formatCount(pages)}`,
  backUpNow: 'Back up now',
  database: 'Database',
  backUp: 'Back up',
  notListed: (place: string) => `What lies in ${place} is not listed.`,
  newName: 'Name of the new database',
  newNameRule: 'Two or more letters, digits, underscores, dots or hyphens; a letter or digit first',
  movedOrCopied: 'This database might have been moved or copied',
  isCopy: 'It is a copy: the original goes on living',
  isMoved: 'It was moved: the original is gone',
  neutralise: 'Neutralise: no mail is sent, no scheduled action runs, no payment is taken',
  masterPassword: 'Master password',
  encryptionPassword: 'Encryption password of this backup (if empty, that of the settings)',
  forAdministrators:
    'The list of backups is for administrators. Enter Odoo’s master password, the one that the database manager asks for.',
  connectsToo:
    'Signing in now also connects this server to the account that you have just approved it for. If you did not, leave this page.',
  showBackups: 'Show the backups',
  notConnected: 'This server is not connected to a backup storage yet.',
  logInHelp: 'Log in with your odoo.com account and approve this server. You come back here by yourself.',
  logIn: 'Log in and approve',
  buyCredit: 'Buy credit',
  lookAgain: 'Look again',
  cameByLink:
    'You came here by a link that connects this server to an account, and its backups will go there.',
  onlyIfYou: 'Go on only if you yourself have just logged in and approved this server.',
  itWasMe: 'I did: connect this server',
  itWasNotMe: 'I did not',
  toBackups: 'Back to the backups',
  notThere: 'There is no such page. Check the address, or begin at the list of the backups.',
  done: 'Done.',
  odooSilent: (origin: string) =>
    `Odoo does not answer at ${origin}. Its databases are in PostgreSQL all the same: start Odoo, then open its database manager. If Odoo listens elsewhere, set odoo_backup_sh_odoo_url.`,
  openManager: 'Open the database manager',
  wasCancelled: (job: JobView) => `It was cancelled. ${afterCancelling(job)}`,
  wasSkipped: 'It was skipped.',
  itFailed: 'It failed.',
  progress: 'Progress',
  mayLeave: 'You may leave this page: the work goes on.',
  cancel: 'Cancel',
  tryNow: 'Try again now',
  goOn: 'Go on',
  jobTitle: (job: JobView) => `${KINDS[job.kind]} ${job.database}`,
  progressOf: (job: JobView) => withBoundUnits(progressLine(job)),
  neutralised: neutralisedLines,
} as const

type Texts<Value> = Value extends string
  ? string
  : Value extends (...args: infer Args) => infer Answer
    ? (...args: Args) => Answer
    : never

export type PageWords = { readonly [Key in keyof typeof ENGLISH]: Texts<(typeof ENGLISH)[Key]> }
