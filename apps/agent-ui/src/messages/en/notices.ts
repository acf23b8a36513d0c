import type { ConfigurationEffect, NoticeText, Sentences } from '@odoo-backup/protocol'
import { formatCount, formatMoment } from '../../format.ts'
import { jobs } from './jobs.ts'
import { places } from './places.ts'

const moment = (iso: string) => formatMoment(iso, 'en')

const CHECK = 'Check that the database and its filestore are what they should be.'

const EFFECTS: Readonly<Record<ConfigurationEffect, string>> = {
  nothing_done:
    'The agent’s configuration file is gone or cannot be read. Until that is mended, nothing is backed up, restored or rotated.',
  former_stays:
    'The agent’s configuration file has faults, so the settings before its last change stay in force.',
  database_left_out: 'The settings of this database have faults: it is not backed up until they are mended.',
  database_former_stays:
    'The settings of this database have faults. Those before the last change stay in force until the service ends.',
}

/** What a notice says; the words of a failure, or of others, stand below it. */
export const notices: Sentences<NoticeText> = {
  backup_failed: () => 'The last backup failed.',
  backup_overdue: ({ lastAt }) =>
    `A scheduled backup is missing: ${lastAt === undefined ? 'there is no backup at all' : `the last one is of ${moment(lastAt)}`}. Look at the jobs.`,
  backup_shrank: ({ percent }) =>
    `The last backup is ${percent}\u00a0% smaller than those before it. ${CHECK}`,
  backup_grew: ({ percent }) => `The last backup is ${percent}\u00a0% larger than those before it. ${CHECK}`,
  files_missing: ({ files }) =>
    `${files === 1 ? '1 file that the database names was' : `${formatCount(files, 'en')} files that the database names were`} missing from the filestore when the last backup was made.`,
  not_verified: () => 'The scheduled trial restore did not happen: no backup was verified when it was due.',
  verification_failed: ({ at }) =>
    `A backup could not be restored in the trial restore of ${moment(at)}. Make a new backup and verify it.`,
  rotation_refused: () =>
    'This agent may not delete backups, so nothing is rotated. It can be allowed on the account’s page; with keys of your own, give them the right to delete.',
  former_backups_stay: () =>
    'This configuration was used on another server before, and the backups made there are not rotated from here. If that server is gone and this one took its place, adopt them, once for each database: odoo-backup adopt DATABASE. If it still runs, they are its own: remove the line odoo_backup_sh_former_instance_ids here.',
  configuration_faulty: ({ effect }) => EFFECTS[effect],
  runs_long: ({ jobKind, since }) =>
    `${jobs.kinds[jobKind]} running since ${moment(since)}, far longer than usual. Look at its progress among the jobs, and cancel it if it hangs.`,
  not_connected: () =>
    'This server is not connected to a storage for backups: no backup can be made. Connect it in the settings.',
  storage_disconnected: () => 'The storage lets this server in no longer: no backup can be made.',
  storage_refused: ({ place }) => `No use can be made of ${places.nameOf(place)}.`,
  storage_silent: ({ place, since }) =>
    `Nothing was heard of ${places.nameOf(place)} since ${moment(since)}: backups cannot be made, listed or restored there.`,
  credit_lacking: () => 'The account is not paid.',
  credit_running_out: () => 'The account’s balance is running out.',
  instance_bound: () => 'A server was newly connected to the account.',
  account_message: () => 'The account was told something:',
  postgres_down: () => 'PostgreSQL does not answer, so nothing can be backed up or restored.',
  queue_down: () => 'The queue of jobs does not answer, so no job runs.',
  mail_undelivered: ({ since }) =>
    `Notices could not be delivered by e-mail since ${moment(since)}. Check the mail server and the recipients in the settings of notices, and send a test there.`,
  webhook_undelivered: ({ since }) =>
    `Notices could not be delivered to the webhook since ${moment(since)}. Check its address in the settings of notices, and send a test there.`,
  ping_undelivered: ({ since }) =>
    `The ping address of this database could not be reached since ${moment(since)}: whoever watches there is not told that backups are made. Check the address in the settings of the database.`,
}
