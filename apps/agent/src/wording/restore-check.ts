import type { ByCode, RestoreCheck, RestoreCheckText, Sentences, TextOf } from '@odoo-backup/protocol'
import { formatBytes } from './amounts.ts'

type Told = Pick<RestoreCheck, 'message' | 'advice'>
type Room =
  | Extract<RestoreCheckText, { code: 'room_enough' }>
  | Extract<RestoreCheckText, { code: 'room_lacking' }>

const says = (message: string, advice?: string): Told =>
  advice === undefined ? { message } : { message, advice }

const SENTENCES: Sentences<RestoreCheckText, Told> = {
  archive_found: () => says('The archive is there.'),
  archive_unusable: ({ failure }) => says(failure.message, 'Restore another backup, and verify this one.'),
  password_needed: () => says('This backup is encrypted.', 'Give its password.'),
  password_right: () => says('The password is right.'),
  password_wrong: () =>
    says('The encryption password is wrong.', 'Give the password that was set when this backup was made.'),
  dump_has_no_files: () => says('A dump holds no files.', 'Restore the filestore from a zip.'),
  dump_leaves_files_out: () =>
    says('A dump holds no files: attachments are missing unless the filestore is there already.'),
  name_free: ({ database }) => says(`The name ${database} is free.`),
  name_replaced: ({ database, keptAs }) =>
    says(`The database ${database} is closed, its users are logged out, and it is kept as ${keptAs}.`),
  name_refused: ({ failure }) => says(failure.message),
  folder_refused: ({ failure }) => says(failure.message),
  room_enough: room => says(roomNeeded(room)),
  room_lacking: room => says(roomNeeded(room), 'Free some space there.'),
  postgres_answers: ({ server, psql }) => says(`PostgreSQL ${server} answers; psql is ${psql}.`),
  postgres_older: ({ server, backup, atLeast }) =>
    says(
      `The backup was made with PostgreSQL ${backup}, and this server is ${server}: it may not know all of it.`,
      `Where the restore fails, use PostgreSQL ${atLeast} or newer.`,
    ),
  postgres_unusable: ({ failure }) => says(failure.message),
  odoo_same: ({ version }) => says(`Odoo ${version}, as databases of this server.`),
  odoo_other: ({ version, here }) =>
    says(
      `The backup is of Odoo ${version}, the databases here are of ${here.join(', ')}.`,
      `Only Odoo ${version} can serve it.`,
    ),
  modules_present: () => says('This server has all modules of the backup.'),
  modules_lacking: ({ named, count }) =>
    says(
      `This server lacks modules of the backup: ${named.join(', ')}${count > named.length ? ' …' : ''}.`,
      'Install their code before Odoo serves the database.',
    ),
  modules_unknown: () =>
    says(
      'Which modules this server lacks cannot be told: Odoo’s code was not found.',
      'Say where it is: odoo_backup_sh_addons_path in the configuration file of the agent.',
    ),
  code_let_in: () => says('Functions, triggers and rules of the backup are let in.'),
  code_asks: ({ words }) => says(words, 'If you trust who made the backup, say so: its code is let in then.'),
  code_refused: ({ words }) => says(words),
}

/** What a check found, and what to do, in English. */
export function restoreCheckMessage<Code extends keyof ByCode<RestoreCheckText>>(
  text: TextOf<RestoreCheckText, Code>,
): Told {
  return SENTENCES[text.code](text)
}

const PURPOSES: Readonly<Record<Room['purpose'], string>> = {
  files: 'The files need',
  decrypting: 'Decrypting needs',
  database: 'The database needs about',
  together: 'All of it together needs',
}

function roomNeeded({ purpose, neededBytes, folder, freeBytes }: Room): string {
  const alike = formatBytes(neededBytes) === formatBytes(freeBytes)
  const size = alike ? megabytes : formatBytes
  return `${PURPOSES[purpose]} ${size(neededBytes)} in ${folder}, which has ${size(freeBytes)} left.`
}

/** Two sizes that are rounded alike are told apart by their last megabytes. */
function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`
}
