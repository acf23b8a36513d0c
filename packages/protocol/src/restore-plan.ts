import { z } from 'zod'
import { RestoreRequest } from './agent-api.ts'
import { RestoreCheck } from './restore-check.ts'

/**
 * Why a restore is proposed as it is: `empty_server` (there is no other database, so it was moved here),
 * `original_gone` (this server's own backup, whose database is no longer here: moved back), `original_here`,
 * `other_server` (another server made the backup, or nobody says who) and `from_file` (a file does not say whose it
 * is): a neutralised copy; `chosen`: the request says so itself.
 */
export const RestoreReason = z.enum([
  'empty_server',
  'original_gone',
  'original_here',
  'other_server',
  'from_file',
  'chosen',
])
export type RestoreReason = z.infer<typeof RestoreReason>

/** A restore that is thought of: without a name one is proposed; any text is looked at, so that a form may ask. */
export const RestorePlanRequest = RestoreRequest.extend({
  database: z.string().min(1).max(200).optional(),
})
export type RestorePlanRequest = z.infer<typeof RestorePlanRequest>

/** What a restore would be if it were begun now. Nothing was changed by asking. */
export const RestorePlan = z.object({
  /** The name that was asked for, or one that is free. */
  database: z.string(),
  /** What a restore does about both where the request leaves them out; what the request says, where it does not. */
  copy: z.boolean(),
  neutralise: z.boolean(),
  reason: RestoreReason,
  /** The reason as a sentence. */
  why: z.string(),
  /** No check is a fault. */
  ready: z.boolean(),
  checks: z.array(RestoreCheck),
  encrypted: z.boolean(),
  /** Unknown while an encrypted archive cannot be opened. */
  format: z.enum(['zip', 'dump']).optional(),
  /** The database that was backed up, where the backup says. */
  original: z.string().optional(),
  odooVersion: z.string().optional(),
  postgresVersion: z.string().optional(),
  dumpBytes: z.int().min(0).optional(),
  files: z.int().min(0).optional(),
  filesBytes: z.int().min(0).optional(),
  /** Modules of the backup that this server's addons paths lack; absent where that cannot be told. */
  missingModules: z.array(z.string()).optional(),
})
export type RestorePlan = z.infer<typeof RestorePlan>
