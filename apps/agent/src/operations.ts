import type { Readable } from 'node:stream'
import type {
  AccountView,
  AgentSettings,
  AgentSettingsChange,
  BackupDetails,
  BackupRequest,
  BackupView,
  DatabaseSettings,
  DatabaseSettingsChange,
  DatabaseView,
  DestinationChange,
  Finding,
  JobId,
  JobLog,
  JobView,
  RemotePlace,
  RestorePlan,
  RestorePlanRequest,
  RestoreRequest,
  RetentionChange,
  RotationPlan,
  Schedule,
  StorageChange,
  TokenView,
} from '@odoo-backup/protocol'
import type { ConfigurationFault } from './config/store.ts'
import type { AgentError } from './errors.ts'

export type { ConfigurationFault }

export interface PaymentRequired {
  readonly state: 'payment_required'
  readonly message: string
  readonly rechargeLink?: string
  /** What is stored can be listed and restored all the same. */
  readonly mayRestore?: true
}

export interface Connected {
  readonly state: 'connected'
  readonly folder: string
  /** The storage of one's own in words, such as `the bucket mine, folder shop`; absent with a broker. */
  readonly place?: string
  readonly account?: string
  /** Why no backup is taken although all else works: there is no room. */
  readonly refusal?: { readonly code: 'storage_full'; readonly message: string }
}

/** Whether the agent can reach storage, and if not, what the administrator does about it. */
export type ConnectionState =
  | Connected
  | { readonly state: 'login_required'; readonly authLink: string }
  | PaymentRequired

/**
 * Everything that a person can ask of an agent. The HTTP API, the pages and the command line are thin shells
 * over this one interface, so that they cannot disagree. Every error is an `AgentError` with a stable code.
 */
export interface AgentOperations {
  /**
   * Asks for storage credentials. `redirect` is where the browser returns after the log-in; `code` is the
   * one-time code that it brought back, or that the administrator typed in.
   */
  connect(request?: { redirect?: string; code?: string }): Promise<ConnectionState>
  databases(): Promise<readonly DatabaseView[]>
  /** Complete pairs only, newest first. */
  backups(filter?: { database?: string }): Promise<readonly BackupView[]>
  startBackup(request: BackupRequest): Promise<JobId>
  /** `encryptionPassword` never enters job data. */
  startRestore(request: RestoreRequest, secrets?: { encryptionPassword?: string }): Promise<JobId>
  job(id: JobId): Promise<JobView>
  jobs(): Promise<readonly JobView[]>
  /** Those that wait and run, and the last that ended: cheap enough to be asked for every second. */
  recentJobs(): Promise<readonly JobView[]>
  jobLog(id: JobId): Promise<JobLog>
  /** The job's states as they change, ending with its final one. */
  follow(id: JobId, signal?: AbortSignal): AsyncIterable<JobView>
  /** Lets a job that waits for its next try begin at once; one that is at work, or is about to be, goes on. */
  tryAgain(id: JobId): Promise<void>
  cancel(id: JobId): Promise<void>
  /** True when the password is Odoo's master password; constant time, rate limited by the caller. */
  isMasterPassword(given: string): Promise<boolean>
}

export interface InventoryOptions {
  readonly patient?: boolean
  readonly begunAfter?: Date
}

/** What lay in all places when the listing began. */
export interface PastListing {
  readonly inventory: Inventory
  readonly at: Date
}

/** What administrators ask for beyond making and restoring backups. */
export interface AgentAdministration {
  /** What is wrong with the configuration file now, and what that does. */
  configurationFaults(): Promise<readonly ConfigurationFault[]>
  /**
   * Whether anybody said where backups go: a place of one's own, a broker by its address, or a log-in with the usual one.
   * Until then, and while nothing is to be backed up, nobody far away need be asked.
   */
  isPlaceChosen(): Promise<boolean>
  /**
   * What lies in the places that answer, and which do not: where `backups` fails, this tells what is known. One who is
   * not `patient` waits for a place that is slow, where others answered, for less long. A listing that is under way
   * for somebody else is shared where it began after `begunAfter`; by default each is begun anew.
   */
  inventory(options?: InventoryOptions): Promise<Inventory>
  /** What the last listing in which every place answered showed, by whomever it was wanted; asks nobody. */
  lastListing(): PastListing | undefined
  /** The complete backup, or the lone archive, of that name; `backup_unknown`. */
  archive(name: string): Promise<BackupView>
  /** Lone archives of the account's folder: halves that no complete backup names, newest first. */
  loneArchives(): Promise<readonly BackupView[]>
  backup(name: string): Promise<BackupDetails>
  /**
   * The same backups in the same order, each with the number of its missing files where its `.info` could be read.
   * Never rejects: a store that does not answer, or a right that is not given, leaves them as they were.
   */
  withMissingFiles(backups: readonly BackupView[]): Promise<readonly BackupView[]>
  /** The stored bytes, or decrypted with `decryptWith`. `backup_unknown` before the first byte. */
  openBackup(
    name: string,
    options?: { decryptWith?: string; signal?: AbortSignal },
  ): Promise<{ body: Readable; fileName: string; sizeBytes?: number }>
  startDelete(name: string): Promise<JobId>
  setPinned(name: string, pinned: boolean): Promise<void>
  /**
   * What a restore would do, and what speaks against it: opens the archive's directory, tries the password on its
   * first bytes, looks at names, disks and versions. Changes nothing.
   */
  planRestore(request: RestorePlanRequest, secrets?: { encryptionPassword?: string }): Promise<RestorePlan>
  /** A drill: restores the backup into a hidden scratch database, checks it and drops it. */
  startVerify(
    name: string,
    options?: {
      encryptionPassword?: string
      /** Let its functions, triggers and rules in; this server's own are let in by themselves. */
      trustCode?: boolean
    },
  ): Promise<JobId>
  /** With `proposed`, by those limits instead of the saved ones, frame by frame. */
  rotationPlan(database: string, proposed?: RetentionChange): Promise<RotationPlan>
  startRotate(database: string): Promise<JobId>
  /**
   * Takes over the complete backups of a database that no instance owns, such as the former module's: from then
   * on rotation counts and deletes them. Resolves to how many there were.
   */
  adoptBackups(database: string): Promise<number>

  /**
   * Puts, lists, reads and deletes a small object where the backups would go by this change, which is not saved.
   * Resolves to the folder; rejects with what the storage refused. Of `own` and `directory` alone.
   */
  tryStorage(change: StorageChange): Promise<{ folder: string }>
  /** The same where the backups of one database would go. */
  tryDestination(database: string, change: DestinationChange): Promise<{ folder: string }>
  settings(): Promise<AgentSettings>
  /** `settings_changed` where the present revision is none of `expected`. */
  changeSettings(change: AgentSettingsChange, expected?: readonly string[]): Promise<AgentSettings>
  /** Of every database that exists or has settings. */
  databaseSettings(): Promise<readonly DatabaseSettings[]>
  /** When schedules would run next, which need not be saved; `invalid_request` where one of them is none. */
  previewSchedules(schedules: readonly Schedule[]): Promise<readonly string[]>
  /** `settings_changed` where the present revision is none of `expected`. */
  changeDatabaseSettings(
    database: string,
    change: DatabaseSettingsChange,
    expected?: readonly string[],
  ): Promise<DatabaseSettings>

  tokens(): Promise<readonly StoredToken[]>
  addToken(token: StoredToken): Promise<void>
  /** `invalid_request` when there is no such token. */
  removeToken(name: string): Promise<void>

  /** What the broker wants the account to know, newest first; empty without a broker. */
  accountNotices(): Promise<readonly AccountNotice[]>
  /** The account with the broker, and how it stands. */
  account(): Promise<AccountView>
  /** Where credit is bought, for one click; absent without a broker. */
  rechargeLink(): Promise<string | undefined>
  noticeSecrets(): Promise<NoticeSecrets>
  /** Each check as it ends. */
  doctor(): AsyncIterable<Finding>
}

export interface Inventory {
  /** Complete pairs, newest first. */
  readonly backups: readonly BackupView[]
  /** Archives that no complete backup names, newest first. */
  readonly loneArchives: readonly BackupView[]
  /** In which place a backup of this name lies; undefined: in none that answered. */
  readonly placeOf: (name: string) => RemotePlace | undefined
  /** How many places were looked into. */
  readonly answered: number
  readonly unreachable: readonly {
    /** For people, such as `the folder /mnt/nas`. */
    readonly place: string
    /** The same, for whoever names it in another language. */
    readonly at: RemotePlace
    readonly error: AgentError
    /** Whether new backups of a database go there. */
    readonly keeps: (database: string) => boolean
  }[]
}

/** Secrets of delivery that no view shows; read at each delivery, so that a change by hand counts. */
export interface NoticeSecrets {
  readonly smtpUser?: string
  readonly smtpPassword?: string
  readonly webhook?: string
  /** By database name. */
  readonly pingUrls: ReadonlyMap<string, string>
}

/** SHA-256 of the token in hexadecimal, as kept in the configuration file (`[token NAME]`). */
export interface StoredToken extends TokenView {
  readonly sha256: string
}

export interface AccountNotice {
  readonly id: string
  readonly kind: 'credit_running_out' | 'instance_bound' | 'account_message'
  readonly message: string
  readonly at: string
}

export type Agent = AgentOperations & AgentAdministration
