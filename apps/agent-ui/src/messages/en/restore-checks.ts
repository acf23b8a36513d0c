import type { RestoreCheckText, Sentences } from '@odoo-backup/protocol'
import { formatBytes } from '../../format.ts'

type Room = Extract<RestoreCheckText, { code: 'room_enough' | 'room_lacking' }>

const size = (bytes: number) => formatBytes(bytes, 'en')

const PURPOSES: Readonly<Record<Room['purpose'], string>> = {
  files: 'The files need',
  decrypting: 'Decrypting needs',
  database: 'The database needs about',
  together: 'All of it together needs',
}

const roomNeeded = ({ purpose, neededBytes, folder, freeBytes }: Room) =>
  `${PURPOSES[purpose]} ${size(neededBytes)} in ${folder}, which has ${size(freeBytes)} left.`

/** What a check found and what to do; the words of a failure stand below it. */
export const restoreChecks: Sentences<RestoreCheckText> = {
  archive_found: () => 'The archive is there.',
  archive_unusable: () => 'The archive cannot be used. Restore another backup, and verify this one.',
  password_needed: () => 'This backup is encrypted. Give its password.',
  password_right: () => 'The password is right.',
  password_wrong: () =>
    'The encryption password is wrong. Give the password that was set when this backup was made.',
  dump_has_no_files: () => 'A dump holds no files. Restore the filestore from a zip.',
  dump_leaves_files_out: () =>
    'A dump holds no files: attachments are missing unless the filestore is there already.',
  name_free: ({ database }) => `The name ${database} is free.`,
  name_replaced: ({ database, keptAs }) =>
    `The database ${database} is closed, its users are logged out, and it is kept as ${keptAs}.`,
  name_refused: () => 'It cannot be restored under this name.',
  folder_refused: () => 'Its files cannot be written.',
  room_enough: roomNeeded,
  room_lacking: room => `${roomNeeded(room)} Free some space there.`,
  postgres_answers: ({ server, psql }) => `PostgreSQL ${server} answers; psql is ${psql}.`,
  postgres_older: ({ server, backup, atLeast }) =>
    `The backup was made with PostgreSQL ${backup}, and this server is ${server}: it may not know all of it. Where the restore fails, use PostgreSQL ${atLeast} or newer.`,
  postgres_unusable: () => 'PostgreSQL cannot take it now.',
  odoo_same: ({ version }) => `Odoo ${version}, as databases of this server.`,
  odoo_other: ({ version, here }) =>
    `The backup is of Odoo ${version}, the databases here are of ${here.join(', ')}. Only Odoo ${version} can serve it.`,
  modules_present: () => 'This server has all modules of the backup.',
  modules_lacking: ({ named, count }) =>
    `This server lacks modules of the backup: ${named.join(', ')}${count > named.length ? ` and ${count - named.length} more` : ''}. Install their code before Odoo serves the database.`,
  modules_unknown: () =>
    'Which modules this server lacks cannot be told: Odoo’s code was not found. Say where it is: odoo_backup_sh_addons_path in the configuration file of the agent.',
  code_let_in: () => 'Functions, triggers and rules of the backup are let in.',
  code_asks: () =>
    'The backup brings functions, triggers or rules of its own. If you trust who made it, say so: its code is let in then.',
  code_refused: () =>
    'The backup holds what this agent lets into no database, so the restore will be refused.',
}
