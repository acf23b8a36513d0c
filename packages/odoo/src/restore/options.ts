import type { Progress } from '@odoo-backup/protocol'
import type { NeutraliseReport } from '../neutralise/report.ts'

/**
 * Everything needed to finish or undo a restore after a crash; holds no secret. Give it to `journal` storage
 * (the job's data) and back to `resumeRestore`.
 */
export interface RestoreJournal {
  readonly step: 'loading' | 'publishing' | 'published'
  readonly database: string
  /** Made by this restore, hidden from Odoo until it is renamed to `database`. */
  readonly temporaryDatabase?: string
  readonly filestore?: string
  readonly temporaryFilestore?: string
  /** The dated names under which what was replaced is kept. */
  readonly replacedDatabase?: string
  readonly replacedFilestore?: string
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
  /** Bytes of the dump and of the files, for percentages. */
  readonly expectedBytes?: number
  readonly onProgress?: (progress: Progress) => void
  /** Called before each step that a restart has to know of, and awaited. */
  readonly journal?: (entry: RestoreJournal) => Promise<void>
  readonly signal?: AbortSignal
}

export interface RestoreResult {
  readonly database: string
  readonly dumpBytes: number
  readonly fileCount: number
  readonly fileBytes: number
  readonly rowCounts: ReadonlyMap<string, number>
  readonly replacedDatabase?: string
  readonly replacedFilestore?: string
  readonly neutralised?: NeutraliseReport
  /** Modules of the backup that this server's addons paths lack; absent if the paths are not known. */
  readonly missingModules?: readonly string[]
  readonly warnings: readonly string[]
}
