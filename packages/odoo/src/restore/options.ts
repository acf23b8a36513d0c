import type { NeutraliseReport, Progress, WarningText } from '@odoo-backup/protocol'

/**
 * Everything needed to finish or undo a restore after a crash; holds no secret. Keep what `journal` was called
 * with last (in the job's data) and give it to `resumeRestore` when the work was cut off.
 */
export interface RestoreJournal {
  readonly step: 'loading' | 'publishing' | 'published'
  /** Part of every temporary name. */
  readonly id: string
  readonly database: string
  /** Made by this restore, hidden from Odoo until it is renamed to `database`; absent without a database. */
  readonly temporaryDatabase?: string
  /** What PostgreSQL knows that database by, under any name. */
  readonly databaseOid?: number
  /** The folders; absent without a filestore. */
  readonly filestore?: string
  readonly temporaryFilestore?: string
  /** The dated names under which what is replaced is kept. */
  readonly replacedDatabase?: string
  readonly replacedFilestore?: string
  /** What was found out before the step `publishing`: where the work is cut off behind its commit, nothing else knows. */
  readonly found?: RestoreFindings
}

/** What a restore tells about what it loaded. */
export interface RestoreFindings {
  readonly neutralised?: NeutraliseReport
  /** Modules of the backup that this server lacks; absent where Odoo's code is not known. */
  readonly missingModules?: readonly string[]
  readonly warnings: readonly WarningText[]
}

export interface RestoreOptions {
  readonly database: string
  /** Reset what Odoo resets for a copy (secret, uuid, base URL, …); otherwise the database is moved. */
  readonly copy: boolean
  readonly neutralise: boolean
  /** Keep the existing database under a dated name and put the restored one in its place. */
  readonly replace?: boolean
  readonly parts?: 'both' | 'database' | 'filestore'
  /** The administrator's word that functions, triggers and rules of the dump may be created. */
  readonly allowFunctions?: boolean
  /** For percentages, and to tell before the work begins that the disk is too small. */
  readonly expected?: { readonly dumpBytes?: number; readonly fileBytes?: number }
  readonly onProgress?: (progress: Progress) => void
  /** Called before each step that a restart has to know of, and awaited. */
  readonly journal?: (entry: RestoreJournal) => Promise<void>
  readonly signal?: AbortSignal
}

export interface RestoreResult extends RestoreFindings {
  readonly database: string
  readonly dumpBytes: number
  readonly fileCount: number
  readonly fileBytes: number
  /** Rows of each table (`public.res_users`) as they stood in the dump. */
  readonly rowCounts: ReadonlyMap<string, number>
  readonly replacedDatabase?: string
  readonly replacedFilestore?: string
}
