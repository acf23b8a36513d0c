import type { JobId } from '@odoo-backup/protocol'
import type { NoticeBoard } from '../http/api/context.ts'
import type { Agent } from '../operations.ts'

/** Whether this process works off jobs itself: `if-none-lives` where no service runs, so that a job is not left. */
export type WorkerWish = 'if-none-lives' | 'never'

export interface OpenedAgent {
  readonly agent: Agent
  /** What the running agent gave notice of. */
  readonly notices: NoticeBoard
  /** Whether a worker elsewhere sees to this job, and not this process. */
  isLeftToOthers(id: JobId): Promise<boolean>
  close(): Promise<void>
}

/** Everything that the command line touches, so that it can be tested without a terminal or a server. */
export interface World {
  openAgent(options: { configurationFile: string; worker: WorkerWish }): Promise<OpenedAgent>
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly stdout: Output
  readonly stderr: Output
  /** Asks on the terminal; undefined where there is none to ask on. */
  readonly ask: ((question: string, options?: { hidden?: boolean }) => Promise<string>) | undefined
  /** All of standard input, as text. */
  readInput(): Promise<string>
  /** Ends by SIGINT or SIGTERM. */
  readonly signal: AbortSignal
  readonly clock: () => number
}

export interface Output {
  readonly isTerminal: boolean
  readonly columns: number
  write(text: string): void
  /** Waits until there is room for more. */
  writeBytes(bytes: Uint8Array): Promise<void>
}
