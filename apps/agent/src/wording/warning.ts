import type { ByCode, Sentences, TextOf, Warning, WarningText } from '@odoo-backup/protocol'

const MORE: Readonly<Record<Extract<WarningText, { code: 'more' }>['kind'], string>> = {
  missing:
    'More stored files are missing than are named here; the description of the backup counts all of them.',
  damaged:
    'More stored files are damaged than are named here; the description of the backup counts all of them.',
  left_out: 'More entries of the filestore were left out than are named here.',
  other: 'There were more warnings than are named here.',
}

const WHY_LEFT_OUT: Readonly<Record<Extract<WarningText, { code: 'setting_left_out' }>['reason'], string>> = {
  unwritten: 'pg_dump is not known to write it',
  tables_as_new: 'the tables go where the server puts new ones',
  unknown: 'this PostgreSQL server does not know it',
}

const SENTENCES: Sentences<WarningText> = {
  attachments_elsewhere: ({ count }) =>
    count === 1
      ? '1 attachment is kept outside of the filestore by a module, and is not in the backup.'
      : `${count} attachments are kept outside of the filestore by a module, and are not in the backup.`,
  file_missing: ({ path }) =>
    `The database names the file ${path}, but the filestore lacks it: that attachment is missing after a restore.`,
  file_damaged: ({ words }) => words,
  no_regular_file: ({ path }) => `${JSON.stringify(path)} is no regular file and was left out.`,
  name_unfit: ({ folder }) =>
    `A file in ${JSON.stringify(folder)} has a name that a backup cannot carry and was left out.`,
  more: ({ kind }) => MORE[kind],
  sequences_unnoted: () =>
    'This pg_dump writes a layout that this agent does not know yet: the values of sequences were not noted, and a drill of this backup will not compare them. Everything else of it is as ever; a newer agent may know the layout.',
  rows_uncounted: ({ words }) =>
    `The rows of the tables could not be counted, and a drill of this backup will not compare their numbers. Everything else of it is as ever. ${words}`,
  code_asks: ({ words }) => `Restoring this backup will ask for your word: it holds ${words}.`,
  code_refused: ({ words }) =>
    `This agent will refuse to restore this backup: it holds ${words}. Odoo's own database manager takes it.`,
  code_unread: ({ words }) => `This agent will refuse to restore this backup. ${words}`,
  rights_left_out: ({ statements }) => `Rights of other PostgreSQL roles (${statements}) were left out.`,
  role_left_out: () => 'A change of the PostgreSQL role (SET ROLE, SET SESSION AUTHORIZATION) was left out.',
  setting_left_out: ({ setting, reason }) => `The setting ${setting} was left out: ${WHY_LEFT_OUT[reason]}.`,
  schema_left_out: () => 'CREATE SCHEMA public was left out: it is there.',
  owners_left_out: () => 'Owners other than Odoo’s role were left out.',
  comments_left_out: ({ on }) => `Comments on something else than tables (${on}) were left out.`,
  extension_lacking: ({ extension, words }) => `The extension ${extension} could not be created: ${words}`,
  dump_without_files: ({ database }) =>
    `A dump holds no files: what is in the filestore of ${database}, if anything, is as it was.`,
  replaced_kept: ({ keptAs }) => `The database that was replaced is kept as ${keptAs}.`,
  modules_lacking: ({ modules }) => `This server lacks modules of the backup: ${modules.join(', ')}.`,
  modules_unknown: () =>
    "Which modules this server lacks cannot be told: Odoo's code was not found. Say where it is: odoo_backup_sh_addons_path in the configuration file of the agent.",
  schedules_off: ({ database }) =>
    `The backup schedules of ${database} were switched off. Once you have seen that it is what you wanted, switch them on again: in its settings, or with odoo-backup settings set enabled=true -d ${database}`,
  not_in_backups: () => 'Your own add-ons and odoo.conf are not part of a backup.',
  files_lacked: ({ named, count }) =>
    count === 1
      ? `The stored file ${named.join()} was missing already when the backup was made.`
      : `${count} stored files were missing already when the backup was made: ${named.join(', ')}${count > named.length ? ' …' : ''}`,
  scratch_stays: ({ database, words }) => `The scratch database ${database} could not be removed: ${words}`,
  not_neutralised: ({ words }) => `A restore of it can not be neutralised: ${words}`,
  rotation_refused: () =>
    'This instance may not delete backups, so nothing is rotated. It can be allowed on the account’s page; with keys of your own, give them the right to delete.',
  former_backups_stay: () =>
    'This configuration was used on another server before, and the backups made there are not rotated from here. If that server is gone and this one took its place, adopt them, once for each database: odoo-backup adopt DATABASE. If it still runs, they are its own: remove the line odoo_backup_sh_former_instance_ids here.',
  run_left_out: () =>
    'The run before this one still waited for its turn, and does for both: jobs of this database take longer than its schedules leave between them. Where that happens often, let them run less often.',
  failed_afterwards: ({ failure }) => failure.message,
  noted: ({ words }) => words,
}

/** What a warning says, in English: for logs, the API, the command line and what is kept beside a backup. */
export function warningMessage<Code extends keyof ByCode<WarningText>>(
  text: TextOf<WarningText, Code>,
): string {
  return SENTENCES[text.code](text)
}

/** A warning as every surface shows it. */
export function asWarning(text: WarningText): Warning {
  return { message: warningMessage(text), text }
}
