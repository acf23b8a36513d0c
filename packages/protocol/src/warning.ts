import { z } from 'zod'
import { FailureView } from './coded-text.ts'

/** What PostgreSQL or the agent said of it, in English. */
const words = z.string()
const database = z.string()

/**
 * What a job or a backup leaves the administrator to know, for whoever writes the sentence in another language than the
 * English of its `message`.
 */
export const WarningText = z.discriminatedUnion('code', [
  // Found while a backup was made
  /** Attachments that a module keeps outside of the filestore. */
  z.object({ code: z.literal('attachments_elsewhere'), count: z.int().min(1) }),
  /** The database names the file. */
  z.object({ code: z.literal('file_missing'), path: z.string() }),
  /** It is not what its name promises, or changed while it was read: it is left out. */
  z.object({ code: z.literal('file_damaged'), path: z.string(), words }),
  z.object({ code: z.literal('no_regular_file'), path: z.string() }),
  z.object({ code: z.literal('name_unfit'), folder: z.string() }),
  /** There were more of that kind than are named. */
  z.object({ code: z.literal('more'), kind: z.enum(['missing', 'damaged', 'left_out', 'other']) }),
  /** The dump is of a layout that the agent does not know: a drill will not compare the values of sequences. */
  z.object({ code: z.literal('sequences_unnoted') }),
  /** A drill will not compare the numbers of rows. */
  z.object({ code: z.literal('rows_uncounted'), words }),
  /** A restore will ask for the administrator's word; `words`: what for. */
  z.object({ code: z.literal('code_asks'), words }),
  /** A restore by the agent will be refused; `words`: for what the dump holds. */
  z.object({ code: z.literal('code_refused'), words }),
  /** A restore by the agent will be refused, as it could not read the dump. */
  z.object({ code: z.literal('code_unread'), words }),
  // What a dump asks for and a restore left out
  z.object({ code: z.literal('rights_left_out'), statements: z.string() }),
  z.object({ code: z.literal('role_left_out') }),
  /** `unwritten`: pg_dump is not known to write it; `tables_as_new`: where tables go; `unknown`: to this server. */
  z.object({
    code: z.literal('setting_left_out'),
    setting: z.string(),
    reason: z.enum(['unwritten', 'tables_as_new', 'unknown']),
  }),
  z.object({ code: z.literal('schema_left_out') }),
  z.object({ code: z.literal('owners_left_out') }),
  z.object({ code: z.literal('comments_left_out'), on: z.string() }),
  z.object({ code: z.literal('extension_lacking'), extension: z.string(), words }),
  // Of a restore that stands
  z.object({ code: z.literal('dump_without_files'), database }),
  z.object({ code: z.literal('replaced_kept'), keptAs: z.string() }),
  z.object({ code: z.literal('modules_lacking'), modules: z.array(z.string()) }),
  z.object({ code: z.literal('modules_unknown') }),
  z.object({ code: z.literal('schedules_off'), database }),
  z.object({ code: z.literal('not_in_backups') }),
  // Of a drill
  /** The first of the files that were missing when the backup was made, and how many there are in all. */
  z.object({ code: z.literal('files_lacked'), named: z.array(z.string()), count: z.int().min(1) }),
  z.object({ code: z.literal('scratch_stays'), database, words }),
  z.object({ code: z.literal('not_neutralised'), words }),
  // Of a rotation
  /** The account or the keys do not let this instance delete. */
  z.object({ code: z.literal('rotation_refused') }),
  /** Backups of a server that used this configuration before are not rotated. */
  z.object({ code: z.literal('former_backups_stay') }),
  // Of any job
  /** Nothing was done: the schedule's run before this one still waited for its turn. */
  z.object({ code: z.literal('run_left_out') }),
  /** The work was whole by then, and stays. */
  z.object({ code: z.literal('failed_afterwards'), failure: FailureView }),
  /** What an older agent, or a newer one, noted in its own words. */
  z.object({ code: z.literal('noted'), words }),
])
export type WarningText = z.infer<typeof WarningText>

/** What a job or a backup leaves the administrator to know. Holds no secret. */
export const Warning = z.object({
  /** In English. */
  message: z.string(),
  /** The same as a code with its particulars. */
  text: WarningText,
})
export type Warning = z.infer<typeof Warning>
