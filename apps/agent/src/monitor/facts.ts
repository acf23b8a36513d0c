import type { BackupView, DatabaseSettings, FailureView, JobView, RemotePlace } from '@odoo-backup/protocol'
import type { AccountNotice, ConfigurationFault, ConnectionState } from '../operations.ts'
import type { Memory } from './memory.ts'

/** Something far away that does not answer, or refuses. */
export interface Silence {
  /** For people, and its identity, such as `the folder /mnt/nas`. */
  readonly place: string
  /** The same, for whoever names it in another language. */
  readonly at: RemotePlace
  /** Time alone will not mend it. */
  readonly refused: boolean
  readonly failure: FailureView
}

/** What one look at the agent found. A part that could not be learnt is undefined: it neither raises nor clears. */
export interface Facts {
  /** Nobody chose where backups go, and nothing is to go there: nobody far away is asked, and nothing of theirs is news. */
  readonly unasked: boolean
  readonly connection?: ConnectionState | undefined
  /** Why storage cannot be reached, where the account or its rights are the reason. */
  readonly refusal?: FailureView | undefined
  readonly silences: readonly Silence[] | undefined
  readonly postgres: 'answers' | { readonly down: FailureView } | undefined
  readonly queue: 'answers' | { readonly down: FailureView } | undefined
  /** What this instance made or may have made, as last seen where storage is away now. */
  readonly backups: readonly BackupView[]
  /** Whether the place where a database's backups go has shown them all. */
  readonly isSeen: (database: string) => boolean
  /** By the name of the newest backup of each database, as far as its `.info` could be read. */
  readonly missingFiles: ReadonlyMap<string, number>
  readonly settings: readonly DatabaseSettings[] | undefined
  readonly configurationFaults: readonly ConfigurationFault[] | undefined
  readonly jobs: readonly JobView[] | undefined
  readonly accountNotices: readonly AccountNotice[] | undefined
  /** Since when this agent knows the account that it is connected to. */
  readonly accountSince: Date | undefined
  readonly watchedSince: (database: string) => Date
  /** When the newest good backup of a database was begun, as earlier looks have seen it. */
  readonly lastGood: (database: string) => Date | undefined
  /** Since when a silent place has been silent; undefined where it was heard until now. */
  readonly silentSince: (place: string) => Date | undefined
  /** The ways that take no notices or pings, as earlier looks have found. */
  readonly undelivered: Memory['undelivered']
  readonly now: Date
}
