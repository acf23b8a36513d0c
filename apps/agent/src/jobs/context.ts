import type { OdooCluster } from '@odoo-backup/odoo'
import type { DatabaseConfiguration } from '../config/database-settings.ts'
import type { ScheduleSwitch } from '../config/schedule-switch.ts'
import type { SettingsFields } from '../config/settings.ts'
import type { Places } from './find-place.ts'
import type { Handover } from './handover.ts'
import type { JobData } from './job-data.ts'
import type { JobJournal } from './job-journal.ts'
import type { ProgressReport } from './progress.ts'
import type { Seal } from './seal.ts'

/** What every job stands on. Everything is asked for when it is needed, so that a change of settings counts. */
export interface JobDependencies extends Places {
  /** Takes in what the configuration file says now, whoever changed it. */
  readonly refresh: () => Promise<unknown>
  readonly settings: () => SettingsFields
  readonly database: (name: string) => DatabaseConfiguration
  readonly instanceId: () => string
  /** Makes sure that the instance id is this server's alone, before it is used: see `createIdentity`. */
  readonly keepIdentity: () => Promise<void>
  readonly cluster: () => Promise<OdooCluster>
  readonly handover: Handover
  readonly journal: JobJournal
  /** Tells archives that this very server made. */
  readonly seal: Seal
  /** Notes the fingerprint of the encryption password that a backup used. */
  readonly noteFingerprint: (database: string, fingerprint: string) => Promise<void>
  readonly schedules: ScheduleSwitch
  /** Resolves to the id of the new job. */
  readonly queueJob: (data: JobData) => Promise<string>
  /** Names of the stored backups that unfinished jobs read: see `backupsInUse`. */
  readonly backupsInUse: () => Promise<ReadonlySet<string>>
  readonly agentVersion: string
  readonly now: () => Date
  readonly warn: (message: string) => void
}

/** One run of one job. */
export interface JobRun<T extends JobData> {
  readonly data: T
  /**
   * The data as the queue has it now. Behind a lock that had to be waited for, this and not `data` says what
   * another run of the same job has left.
   */
  current(): Promise<T>
  readonly progress: ProgressReport
  /** Adds a line to the job's log, which people read: no secrets, and what happened rather than how. */
  log(text: string): void
  /** Ends when the job is cancelled, its lock in the queue is lost, or the agent shuts down. */
  readonly signal: AbortSignal
  /** Writes the job's data; what it says is what the next run finds. */
  note(data: T): Promise<void>
}
