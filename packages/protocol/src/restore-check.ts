import { z } from 'zod'
import { FailureView } from './coded-text.ts'

const version = z.string()
const bytes = z.int().min(0)
/** What the agent says of the dump, in English. */
const words = z.string()
const Room = {
  /**
   * `files`: the filestore of the backup; `decrypting`: a decrypted copy of the archive; `database`: about what it takes
   * on PostgreSQL's disk; `together`: all of these whose folders, named one after the other, are on one disk.
   */
  purpose: z.enum(['files', 'decrypting', 'database', 'together']),
  folder: z.string(),
  neededBytes: bytes,
  freeBytes: bytes,
}

/** What a check found, for whoever writes the sentence in another language than the English of its `message`. */
export const RestoreCheckText = z.discriminatedUnion('code', [
  z.object({ code: z.literal('archive_found') }),
  z.object({ code: z.literal('archive_unusable'), failure: FailureView }),
  z.object({ code: z.literal('password_needed') }),
  z.object({ code: z.literal('password_right') }),
  z.object({ code: z.literal('password_wrong') }),
  /** The files alone were asked for. */
  z.object({ code: z.literal('dump_has_no_files') }),
  z.object({ code: z.literal('dump_leaves_files_out') }),
  z.object({ code: z.literal('name_free'), database: z.string() }),
  z.object({ code: z.literal('name_replaced'), database: z.string(), keptAs: z.string() }),
  z.object({ code: z.literal('name_refused'), failure: FailureView }),
  z.object({ code: z.literal('folder_refused'), failure: FailureView }),
  z.object({ code: z.literal('room_enough'), ...Room }),
  z.object({ code: z.literal('room_lacking'), ...Room }),
  z.object({ code: z.literal('postgres_answers'), server: z.int(), psql: version }),
  /** The backup was made with a newer one. */
  z.object({ code: z.literal('postgres_older'), server: z.int(), backup: version, atLeast: z.int() }),
  z.object({ code: z.literal('postgres_unusable'), failure: FailureView }),
  z.object({ code: z.literal('odoo_same'), version }),
  /** `here`: the versions of this server's databases, in order. */
  z.object({ code: z.literal('odoo_other'), version, here: z.array(version) }),
  z.object({ code: z.literal('modules_present') }),
  /** The first of those that this server lacks, and how many there are in all. */
  z.object({ code: z.literal('modules_lacking'), named: z.array(z.string()), count: z.int().min(1) }),
  z.object({ code: z.literal('modules_unknown') }),
  z.object({ code: z.literal('code_let_in') }),
  z.object({ code: z.literal('code_asks'), words }),
  z.object({ code: z.literal('code_refused'), words }),
])
export type RestoreCheckText = z.infer<typeof RestoreCheckText>

/** One thing that a restore stands on, looked at before it is begun. */
export const RestoreCheck = z.object({
  /**
   * `archive`: it can be opened; `password`: it decrypts; `name`: it is free, or replaced; `disk`: files and a
   * decrypted copy fit; `postgres`: programs and versions; `odoo`: the series of Odoo; `modules`: those of the backup
   * that this server lacks; `code`: functions, triggers or rules that need the administrator's word; `parts`: what is
   * asked for is in the backup.
   */
  check: z.enum(['archive', 'password', 'name', 'disk', 'postgres', 'odoo', 'modules', 'code', 'parts']),
  /** `fault`: the restore would fail, or be refused. */
  state: z.enum(['ok', 'warning', 'fault']),
  /** What was found, in English. */
  message: z.string(),
  /** What to do, in English; absent when all is well. */
  advice: z.string().optional(),
  /** Both as a code with its particulars. */
  text: RestoreCheckText,
})
export type RestoreCheck = z.infer<typeof RestoreCheck>
