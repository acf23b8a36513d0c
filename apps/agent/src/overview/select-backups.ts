import type { BackupView } from '@odoo-backup/protocol'
import { z } from 'zod'

const flag = z.enum(['true', 'false']).transform(text => text === 'true')

/** How a list of backups is narrowed and ordered; all of it is known from the keys alone. */
export const BackupSelection = z.object({
  database: z.string().max(63).optional(),
  /** A part of the name, whatever its case. */
  search: z.string().max(200).optional(),
  /** From and up to these moments, ISO 8601. */
  from: z.iso.datetime().optional(),
  to: z.iso.datetime().optional(),
  encrypted: flag.optional(),
  pinned: flag.optional(),
  verified: flag.optional(),
  /** Whether the last drill failed; one that was never verified did not. */
  verificationFailed: flag.optional(),
  sort: z.enum(['takenAt', 'name', 'database', 'sizeBytes']).default('takenAt'),
  order: z.enum(['asc', 'desc']).default('desc'),
})
export type BackupSelection = z.infer<typeof BackupSelection>

/** Those that pass every condition, in the wanted order; equal ones by name. */
export function selectBackups(backups: readonly BackupView[], selection: BackupSelection): BackupView[] {
  const search = selection.search?.toLowerCase()
  const passes = (backup: BackupView) =>
    is(selection.database, backup.database) &&
    (search === undefined || backup.name.toLowerCase().includes(search)) &&
    (selection.from === undefined || backup.takenAt >= selection.from) &&
    (selection.to === undefined || backup.takenAt <= selection.to) &&
    is(selection.encrypted, backup.encrypted) &&
    is(selection.pinned, backup.pinned === true) &&
    is(selection.verified, backup.verification?.passed === true) &&
    is(selection.verificationFailed, backup.verification?.passed === false)
  const direction = selection.order === 'asc' ? 1 : -1
  const { sort } = selection
  return backups
    .filter(passes)
    .sort((a, b) => direction * (compare(a[sort], b[sort]) || compare(a.name, b.name)))
}

function is<Value>(wanted: Value | undefined, value: Value): boolean {
  return wanted === undefined || wanted === value
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0
}
