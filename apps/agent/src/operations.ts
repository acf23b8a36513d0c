import type {
  BackupRequest,
  BackupView,
  DatabaseView,
  JobId,
  JobView,
  RestoreRequest,
} from '@odoo-backup/protocol'

/** Whether the agent can reach storage, and if not, what the administrator does about it. */
export type ConnectionState =
  | { readonly state: 'connected'; readonly folder: string; readonly account?: string }
  | { readonly state: 'login_required'; readonly authLink: string }
  | { readonly state: 'payment_required'; readonly message: string; readonly rechargeLink?: string }

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
  /** The job's states as they change, ending with its final one. */
  follow(id: JobId, signal?: AbortSignal): AsyncIterable<JobView>
  cancel(id: JobId): Promise<void>
  /** True when the password is Odoo's master password; constant time, rate limited by the caller. */
  isMasterPassword(given: string): Promise<boolean>
}
