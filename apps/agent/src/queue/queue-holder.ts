import { AgentError } from '../errors.ts'
import { asAgentError } from '../jobs/failure.ts'
import { answeredWithin } from './answered-within.ts'
import { asQueueError, guardedQueue } from './guarded-queue.ts'
import type { JobQueue } from './job-queue.ts'

/** A first start makes a database and its tables. */
const OPENS_WITHIN_MS = 30_000

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
  #opensWithinMs: number
  #queue: JobQueue | undefined
  #opening: Promise<JobQueue> | undefined
  #closed = false

  constructor(open: () => Promise<JobQueue>, opensWithinMs = OPENS_WITHIN_MS) {
    this.#open = open
    this.#opensWithinMs = opensWithinMs
  }

  /** The queue; rejects with an `AgentError` that says why there is none, `QueueClosedError` after `close`. */
  async get(): Promise<JobQueue> {
    if (this.#closed) throw new QueueClosedError()
    if (this.#queue !== undefined) return this.#queue
    this.#opening ??= this.#opened().finally(() => {
      this.#opening = undefined
    })
    return answeredWithin(this.#opensWithinMs, this.#opening).catch(error => {
      throw asQueueError(error)
    })
  }

  /** Goes on when nobody waits any more. */
  async #opened(): Promise<JobQueue> {
    const queue = await this.#open().catch(error => {
      throw asAgentError(error)
    })
    if (this.#closed) {
      await queue.close()
      throw new QueueClosedError()
    }
    this.#queue = guardedQueue(queue)
    return this.#queue
  }

  async close(): Promise<void> {
    this.#closed = true
    if (this.#opening !== undefined)
      await answeredWithin(this.#opensWithinMs, this.#opening).catch(() => undefined)
    await this.#queue?.close()
    this.#queue = undefined
  }
}
