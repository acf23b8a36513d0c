import type { ByCode, NoticeText, Sentences, TextOf } from '@odoo-backup/protocol'
import { remotePlaceName } from './remote-place.ts'
import { warningMessage } from './warning.ts'

const CHECK = 'Check that the database and its filestore are what they should be.'

const SENTENCES: Sentences<NoticeText> = {
  backup_failed: ({ failure }) => `The last backup failed. ${failure.message}`,
  backup_overdue: ({ lastAt }) =>
    `A scheduled backup is missing: ${lastAt === undefined ? 'there is no backup at all' : `the last backup is of ${lastAt}`}. Look at the jobs.`,
  backup_shrank: ({ percent }) =>
    `The last backup is ${percent}\u00a0% smaller than those before it. ${CHECK}`,
  backup_grew: ({ percent }) => `The last backup is ${percent}\u00a0% larger than those before it. ${CHECK}`,
  files_missing: ({ files }) =>
    `${files} ${files === 1 ? 'file that the database names was' : 'files that the database names were'} missing from the filestore when the last backup was made.`,
  not_verified: () => 'The scheduled drill did not happen: no backup was verified when it was due.',
  verification_failed: ({ at }) =>
    `A backup could not be restored in the drill of ${at}. Make a new backup and verify it.`,
  rotation_refused: ({ code }) => warningMessage({ code }),
  former_backups_stay: ({ code }) => warningMessage({ code }),
  configuration_faulty: ({ words }) => words,
  runs_long: ({ job, jobKind, since }) =>
    `A job (${jobKind}) runs since ${since}, far longer than usual. Look at its progress; cancel it if it hangs: odoo-backup cancel ${job}.`,
  not_connected: () =>
    'This server is not connected to a backup storage: no backup can be made. Run odoo-backup login, or open the page of backups.',
  storage_disconnected: ({ failure }) => failure.message,
  storage_refused: ({ place, failure }) =>
    `No use can be made of ${remotePlaceName(place)}. ${failure.message}`,
  storage_silent: ({ place, since, failure }) =>
    `Nothing was heard of ${remotePlaceName(place)} since ${since}: backups cannot be made, listed or restored there. ${failure.message}`,
  credit_lacking: ({ words }) => words,
  credit_running_out: ({ words }) => words,
  instance_bound: ({ words }) => words,
  account_message: ({ words }) => words,
  postgres_down: ({ failure }) => failure.message,
  queue_down: ({ failure }) => failure.message,
  mail_undelivered: ({ since, words }) =>
    `Notices could not be delivered by e-mail since ${since}. ${words} When it is mended, try it: odoo-backup notices --test mail.`,
  webhook_undelivered: ({ since, words }) =>
    `Notices could not be delivered to the webhook since ${since}. ${words} When it is mended, try it: odoo-backup notices --test webhook.`,
  ping_undelivered: ({ since, words }) =>
    `The ping address of this database could not be reached since ${since}: whoever watches there is not told that backups are made. ${words} The address is among the settings of the database.`,
}

/** What a way is told first that takes notices again and has nothing else to tell. */
export function deliveredAgain(since: string): string {
  return `Notices come this way again. Since ${since} they could not be delivered; what was raised and passed meanwhile stands among the notices alone: odoo-backup notices --all.`
}

/** What a notice says, in English. */
export function noticeMessage<Code extends keyof ByCode<NoticeText>>(text: TextOf<NoticeText, Code>): string {
  return SENTENCES[text.code](text)
}
