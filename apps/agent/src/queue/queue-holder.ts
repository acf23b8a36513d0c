import { AgentError } from '../errors.ts'
import { asAgentError } from '../jobs/failure.ts'
import { guardedQueue } from './guarded-queue.ts'
import type { JobQueue } from './job-queue.ts'

/** The agent was closed: there will be no queue any more, however long somebody waits. */
export class QueueClosedError extends AgentError {
  constructor() {
    super('queue_unreachable', 'The agent is shutting down.')
  }
}

/**
 * The queue as it can be had: opened when it is first asked for, and again after it could not be. So the agent
 * starts, serves its pages and says what is wrong while PostgreSQL is down.
 */
export class QueueHolder {
  #open: () => Promise<JobQueue>
  #queue: JobQueue | undefined
  #opening: Promise<JobQueue> | undefined
  #closed = false

  constructor(open: () => Promise<JobQueue>) {
    this.#open = open
  }

  /** The queue; rejects with an `AgentError` that says why there is none, `QueueClosedError` after `close`. */
  async get(): Promise<JobQueue> {
    if (this.#closed) throw new QueueClosedError()
    if (this.#queue !== undefined) return this.#queue
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined
    })
    try {
      this.#queue = guardedQueue(await this.#opening)
      return this.#queue
    } catch (error) {
      throw asAgentError(error)
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#opening?.catch(() => undefined)
    await this.#queue?.close()
    this.#queue = undefined
  }
}
