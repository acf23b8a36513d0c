import { z } from 'zod'
import { DatabaseName, NewDatabaseName } from './names.ts'
import { Progress } from './progress.ts'

/** What an agent can do as a job. */
export const JobKind = z.enum(['backup', 'restore', 'rotate', 'verify', 'delete'])
export type JobKind = z.infer<typeof JobKind>

export const JobId = z.string().min(1).max(128).brand('JobId')
export type JobId = z.infer<typeof JobId>

/** A job as every surface (page, API, command line) shows it. Holds no secret. */
export const JobView = z.object({
  id: JobId,
  kind: JobKind,
  state: z.enum(['waiting', 'delayed', 'active', 'completed', 'failed', 'cancelled']),
  database: DatabaseName,
  /** The stored archive that the job makes or reads, once known. */
  backup: z.string().optional(),
  progress: Progress.optional(),
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().optional(),
  finishedAt: z.iso.datetime().optional(),
  attempt: z.int().min(0),
  /** Of a failed job: a stable code, and what happened and what to do. */
  failure: z.object({ code: z.string(), message: z.string() }).optional(),
  warnings: z.array(z.string()).default([]),
})
export type JobView = z.infer<typeof JobView>

/** A stored backup: a complete pair of archive and `.info` (protocols 5.5, 5.6). */
export const BackupView = z.object({
  /** Name of the archive, such as `mydb.2026-01-31_04-00-00.zip`; unique in the account's folder. */
  name: z.string(),
  database: DatabaseName,
  /** When it was made, ISO 8601 UTC, to the second. */
  takenAt: z.iso.datetime(),
  sizeBytes: z.int().min(0),
  encrypted: z.boolean(),
  format: z.enum(['zip', 'dump']),
})
export type BackupView = z.infer<typeof BackupView>

export const DatabaseView = z.object({
  name: DatabaseName,
  sizeBytes: z.int().min(0),
  /** Of module base, such as `16.0`; absent where the database is not an Odoo database. */
  odooVersion: z.string().optional(),
})
export type DatabaseView = z.infer<typeof DatabaseView>

export const BackupRequest = z.object({ database: DatabaseName })
export type BackupRequest = z.infer<typeof BackupRequest>

/** `copy`: a second database beside the original gets identifiers of its own (protocols 3.3, step 5). */
export const RestoreRequest = z.object({
  source: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('stored'), backup: z.string().min(1).max(1024) }),
    z.object({ kind: z.literal('file'), path: z.string().min(1) }),
  ]),
  database: NewDatabaseName,
  copy: z.boolean().default(true),
  neutralise: z.boolean().default(false),
})
export type RestoreRequest = z.infer<typeof RestoreRequest>
