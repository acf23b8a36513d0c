import type { Progress, WarningText } from '@odoo-backup/protocol'

/** What a drill leaves behind when it is cut off; give it to `removeScratch`. */
export interface Scratch {
  readonly database: string
}

export interface DrillOptions {
  /** What was counted when the backup was made. */
  readonly expected?: {
    readonly rowCounts?: ReadonlyMap<string, number>
    readonly sequences?: ReadonlyMap<string, string>
    /** Stored files that were missing already then. */
    readonly missingFiles?: readonly string[]
  }
  /** Called and awaited before the scratch database is made. */
  readonly note: (scratch: Scratch) => Promise<void>
  readonly expectedBytes?: { readonly dumpBytes?: number; readonly fileBytes?: number }
  readonly allowFunctions?: boolean
  /**
   * Tells an error of the snapshot's streams that means a bad backup (the fault in words) from one that means
   * that the drill could not be held (undefined: it is thrown).
   */
  readonly faultOf?: (error: unknown) => string | undefined
  readonly onProgress?: (progress: Progress) => void
  readonly signal?: AbortSignal
}

export interface DrillResult {
  readonly passed: boolean
  /** Each a sentence; empty when passed. */
  readonly faults: readonly string[]
  readonly warnings: readonly WarningText[]
  readonly tables: number
  readonly rows: number
  readonly users: number
  readonly modules: number
  readonly files: number
  /** It was stopped by code that was not let in: another drill with `allowFunctions` may pass. */
  readonly needsWord: boolean
}
