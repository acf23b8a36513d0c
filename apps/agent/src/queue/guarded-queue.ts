import { AgentError } from '../errors.ts'
import { messageOf } from '../system-error.ts'
import { answeredWithin } from './answered-within.ts'
import type { JobQueue } from './job-queue.ts'

/** Far more than a queue needs that answers at all; who waits for it must learn that it does not. */
const ANSWERS_WITHIN_MS = 15_000
/** An id that no job has. */
const NO_JOB = 'none'

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
  const [add, job] = [guarded(queue.add), guarded(queue.job)]
  return {
    add: async data => {
      // No client tells in its errors whether anything was sent. A queue that answers no question was given no job.
      await job(NO_JOB).catch(tellThatItIsNotThere)
      return add(data).catch(tellThatItMayBeThere)
    },
    job,
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

function tellThatItIsNotThere(error: AgentError): never {
  throw new AgentError(
    error.code,
    `${error.message} The job was not added: start it again when that is mended.`,
    { cause: error },
  )
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
