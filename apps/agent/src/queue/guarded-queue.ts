import { AgentError } from '../errors.ts'
import { messageOf } from '../system-error.ts'
import { answeredWithin } from './answered-within.ts'
import type { JobQueue } from './job-queue.ts'

/** Far more than a queue needs that answers at all; who waits for it must learn that it does not. */
const ANSWERS_WITHIN_MS = 15_000

/**
 * The same queue, whose failures are `AgentError`s that say what to do, also where no answer comes at all. What was
 * asked for may be done yet. A worker waits as long as it takes.
 */
export function guardedQueue(queue: JobQueue, answersWithinMs = ANSWERS_WITHIN_MS): JobQueue {
  const guarded =
    <A extends unknown[], T>(call: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      try {
        return await answeredWithin(answersWithinMs, call(...args))
      } catch (error) {
        throw asQueueError(error)
      }
    }
  const add = guarded(queue.add)
  return {
    add: data => add(data).catch(tellThatItMayBeThere),
    job: guarded(queue.job),
    jobs: guarded(queue.jobs),
    delayed: guarded(queue.delayed),
    hurry: guarded(queue.hurry),
    log: guarded(queue.log),
    logOf: guarded(queue.logOf),
    wantCancel: guarded(queue.wantCancel),
    isCancelWanted: guarded(queue.isCancelWanted),
    standingOrders: guarded(queue.standingOrders),
    putStandingOrder: guarded(queue.putStandingOrder),
    removeStandingOrder: guarded(queue.removeStandingOrder),
    liveWorkers: guarded(queue.liveWorkers),
    work: options => queue.work(options),
    close: () => answeredWithin(answersWithinMs, queue.close()).catch(() => undefined),
  }
}

/** A queue that was asked may have taken the job before it fell silent; who asks again would have two. */
function tellThatItMayBeThere(error: AgentError): never {
  throw new AgentError(
    error.code,
    `${error.message} The job may have been added all the same: look at the list of jobs before you start it again.`,
    { cause: error },
  )
}

export function asQueueError(error: unknown): AgentError {
  if (error instanceof AgentError) return error
  return new AgentError(
    'queue_unreachable',
    `The agent's queue does not answer (${messageOf(error)}). Check that PostgreSQL, or Redis where it is configured, runs.`,
    { cause: error },
  )
}
