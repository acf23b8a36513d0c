import { z } from 'zod'
import { BackupView } from './agent-api.ts'
import { DatabaseName } from './names.ts'

/** What the first look at one database must tell. */
export const DatabaseOverview = z.object({
  database: DatabaseName,
  /** False: it has backups or settings, but is not on this server (any more). */
  exists: z.boolean(),
  lastBackup: BackupView.optional(),
  /** When a backup of it last passed a drill. */
  lastVerifiedAt: z.iso.datetime().optional(),
  backups: z.int().min(0),
  storedBytes: z.int().min(0),
  nextRunAt: z.iso.datetime().optional(),
  /** A scheduled backup should have been there, and is not. */
  overdue: z.boolean(),
  /** Why the last job that made a backup failed; absent once one succeeded after it. */
  lastFailure: z.object({ at: z.iso.datetime(), code: z.string(), message: z.string() }).optional(),
  /** Bytes of the backups of the last seven days (UTC), oldest first, today last. */
  days: z.array(z.object({ day: z.iso.date(), sizeBytes: z.int().min(0) })),
})
export type DatabaseOverview = z.infer<typeof DatabaseOverview>

/** `GET /overview`: am I safe? */
export const Overview = z.object({
  databases: z.array(DatabaseOverview),
  backups: z.int().min(0),
  storedBytes: z.int().min(0),
})
export type Overview = z.infer<typeof Overview>
