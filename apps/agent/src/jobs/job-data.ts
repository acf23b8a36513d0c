import { DatabaseName, type JobKind, NeutraliseReport, NewDatabaseName } from '@odoo-backup/protocol'
import { z } from 'zod'
import { PlaceMark } from '../config/place.ts'
import { KeptWarning } from './kept-warning.ts'

/**
 * What the queue keeps of a job. No secret ever: a password that only this job needs is handed over through a
 * private file (`handover`). What a run makes is noted here before it is made, so that the next run removes it.
 */

/** The archive that a run began, and its upload once that is open. */
export const StartedArchive = z.object({
  /** Folder of the account, with its slash: what is left lies there even if the account changes meanwhile. */
  prefix: z.string(),
  archive: z.string(),
  info: z.string(),
  uploadId: z.string().optional(),
  /** Absent: where the database's backups go. */
  place: PlaceMark.optional(),
})
export type StartedArchive = z.infer<typeof StartedArchive>

/** Set when the job has ended and nothing of what its runs noted is left. */
const settled = z.boolean().optional()

/** How often the job went back into the queue because another one worked on its database. */
const gaveWay = z.int().exactOptional()
/** How many of its attempts had failed when it last did so. */
const gaveWayAfter = z.int().exactOptional()

const Journal = z.object({
  step: z.enum(['loading', 'publishing', 'published']),
  id: z.string(),
  database: z.string(),
  temporaryDatabase: z.string().exactOptional(),
  databaseOid: z.number().exactOptional(),
  filestore: z.string().exactOptional(),
  temporaryFilestore: z.string().exactOptional(),
  replacedDatabase: z.string().exactOptional(),
  replacedFilestore: z.string().exactOptional(),
  found: z
    .object({
      neutralised: NeutraliseReport.exactOptional(),
      missingModules: z.array(z.string()).exactOptional(),
      warnings: z.array(KeptWarning),
    })
    .exactOptional(),
})

/**
 * What a backup has found by the time its archive is stored, noted before `.info` makes it one: a run that finds the
 * work done knows of it, and who may not read `.info`.
 */
const FoundByBackup = z.object({ warnings: z.array(KeptWarning), missingFiles: z.int().min(0) })

export const BackupJob = z.object({
  kind: z.literal('backup'),
  database: DatabaseName,
  scheduled: z.boolean().default(false),
  started: StartedArchive.optional(),
  /** What earlier runs began in places where the database's backups no longer go. */
  elsewhere: z.array(StartedArchive).optional(),
  /** Name of the finished archive. */
  backup: z.string().optional(),
  found: FoundByBackup.optional(),
  settled,
  gaveWay,
  gaveWayAfter,
})
export type BackupJob = z.infer<typeof BackupJob>

export const RestoreJob = z.object({
  kind: z.literal('restore'),
  database: NewDatabaseName,
  source: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('stored'), backup: z.string() }),
    z.object({ kind: z.literal('file'), path: z.string(), removeAfter: z.boolean().optional() }),
  ]),
  copy: z.boolean(),
  neutralise: z.boolean(),
  replace: z.boolean(),
  parts: z.enum(['all', 'database', 'filestore']),
  trustCode: z.boolean(),
  /** Absent from jobs that an earlier version queued. */
  keepSchedules: z.boolean().default(false),
  handover: z.string().optional(),
  journal: Journal.optional(),
  /** The schedules of the database's name are switched off for it: on again where the restore is undone. */
  schedulesOff: z.boolean().optional(),
  /** A copy of the archive on disk, to be removed. */
  temporaryFile: z.string().optional(),
  settled,
  gaveWay,
  gaveWayAfter,
})
export type RestoreJob = z.infer<typeof RestoreJob>

export const RotateJob = z.object({
  kind: z.literal('rotate'),
  database: DatabaseName,
  gaveWay,
  gaveWayAfter,
})
export type RotateJob = z.infer<typeof RotateJob>

export const VerifyJob = z.object({
  kind: z.literal('verify'),
  database: DatabaseName,
  /** Absent: the latest backup at the time of the run. */
  backup: z.string().optional(),
  scheduled: z.boolean().default(false),
  /** The administrator's word that its functions, triggers and rules may be let in. */
  trustCode: z.boolean().default(false),
  handover: z.string().optional(),
  /** The scratch database that a run made. */
  scratch: z.string().optional(),
  temporaryFile: z.string().optional(),
  settled,
  gaveWay,
  gaveWayAfter,
})
export type VerifyJob = z.infer<typeof VerifyJob>

export const DeleteJob = z.object({
  kind: z.literal('delete'),
  database: DatabaseName,
  backup: z.string(),
  gaveWay,
  gaveWayAfter,
})
export type DeleteJob = z.infer<typeof DeleteJob>

export const JobData = z.discriminatedUnion('kind', [BackupJob, RestoreJob, RotateJob, VerifyJob, DeleteJob])
export type JobData = z.infer<typeof JobData> & { readonly kind: JobKind }

/** What a job that ended well leaves for its view. */
export const JobOutcome = z.object({
  backup: z.string().optional(),
  warnings: z.array(KeptWarning).default([]),
  neutralised: NeutraliseReport.optional(),
  /** The job that this one queued to follow it. */
  next: z.string().optional(),
  /** Nothing was done: an earlier run of a schedule waits yet, and does for both. */
  skipped: z.boolean().optional(),
})
export type JobOutcome = z.infer<typeof JobOutcome>

/** The outcome of a backup whose work an earlier run did whole, up to its `.info`. */
export function wholeBackup({ archive }: StartedArchive, { found }: Pick<BackupJob, 'found'>): JobOutcome {
  return { backup: archive, warnings: found?.warnings ?? [] }
}
