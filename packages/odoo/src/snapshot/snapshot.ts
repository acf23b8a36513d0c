import type { Readable } from 'node:stream'
import type { OdooSnapshot, SnapshotFile, WarningText } from '@odoo-backup/protocol'

/** What was found out about a database while it was read. Sizes in bytes. */
export interface SnapshotFacts {
  /** When the snapshot was taken, by the server's clock. */
  readonly takenAt: Date
  readonly odooVersion: string
  /** As `SHOW server_version_num`, such as 150018. */
  readonly serverVersion: number
  /** What `pg_dump --version` says. */
  readonly pgDumpVersion: string
  /** `database.uuid` of the database. */
  readonly databaseUuid?: string
  /** Bytes of the dump; known when it has been read. */
  readonly dumpBytes: number
  /** Files read so far, and their bytes. */
  readonly fileCount: number
  readonly fileBytes: number
  /** Rows of each table (`public.res_users`), exact. */
  readonly rowCounts: ReadonlyMap<string, number>
  /** The last value of each sequence (`public.res_users_id_seq`), as decimal text: it may pass 2^53. */
  readonly sequences: ReadonlyMap<string, string>
  /** Stored files that the database names and that are not there, or whose content does not match their name. */
  readonly missingFiles: readonly string[]
  /** What the administrator should know. */
  readonly warnings: readonly WarningText[]
}

/** How large the work is, as known before it begins. The dump's size is estimated from the tables' sizes. */
export interface SnapshotEstimate {
  readonly dumpBytes: number
  readonly fileBytes: number
  readonly fileCount: number
}

/**
 * A snapshot of a live database. It holds a transaction open until `dump()` has been read to its end: always
 * `close()` it. `files()` is begun after that; `facts()` is complete when both have been read.
 */
export interface LiveSnapshot extends OdooSnapshot {
  readonly estimate: SnapshotEstimate
  /** The folder of the filestore, whether it exists or not. */
  readonly filestore: string
  /**
   * To be asked when a file could not be read to its end: true when the backup goes on without it, which is
   * then told in the facts. Throws `filestore_incomplete` when too many are missing.
   */
  skipFile(file: SnapshotFile, error: unknown): boolean
  facts(): SnapshotFacts
  close(): Promise<void>
}

/** `plain` for the zip, `custom` for Odoo's `dump` format (pg_dump's own, which has no filestore). */
export type DumpFormat = 'plain' | 'custom'

export interface SnapshotOptions {
  readonly format?: DumpFormat
  /** Leave the filestore out. */
  readonly databaseOnly?: boolean
  /** How long pg_dump waits for a table that another session has locked; 60 s unless given. */
  readonly lockWaitSeconds?: number
  /** Runs pg_dump with this `nice` value (0 to 19). */
  readonly nice?: number
  readonly signal?: AbortSignal
}

/** What a restore needs of a snapshot: every `OdooSnapshot` is one; a `dump` archive has no manifest and no files. */
export interface RestorableSnapshot extends Pick<OdooSnapshot, 'files'> {
  readonly manifest?: OdooSnapshot['manifest']
  /** `plain` unless given. */
  readonly dumpFormat?: DumpFormat
  dump(): Readable
}
