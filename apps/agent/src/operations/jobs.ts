import { setTimeout as delay } from 'node:timers/promises'
import type { JobId, JobView } from '@odoo-backup/protocol'
import { AgentError } from '../errors.ts'
import { JobData } from '../jobs/job-data.ts'
import { readLine } from '../jobs/job-log.ts'
import type { AgentOperations } from '../operations.ts'
import type { JobQueue } from '../queue/job-queue.ts'
import { QueueClosedError } from '../queue/queue-holder.ts'
import { isFinal, jobView } from './job-view.ts'

/** So many of those that ended may have changed since one looked a moment ago. */
const MOST_RECENT = 50
/** A pause that ends within so long is waited for. */
const BEGINS_BY_ITSELF_MS = 2_000
/** How often a followed job is looked at; the job itself writes its progress once a second. */
const LOOK_MS = 500

/** Seeing, following, hurrying and cancelling jobs. */
export function jobOperations(
  queue: () => Promise<Pick<JobQueue, 'job' | 'jobs' | 'logOf' | 'hurry' | 'wantCancel'>>,
  now: () => Date,
): Pick<AgentOperations, 'job' | 'jobs' | 'recentJobs' | 'jobLog' | 'follow' | 'tryAgain' | 'cancel'> {
  const job = async (id: JobId): Promise<JobView> => {
    const found = await (await queue()).job(id)
    const view = found === undefined ? undefined : jobView(found, now())
    if (view === undefined) throw new AgentError('job_unknown', `There is no job ${id}.`)
    return view
  }
  return {
    job,
    jobs: async () => (await (await queue()).jobs()).flatMap(listed => jobView(listed, now()) ?? []),
    recentJobs: async () =>
      (await (await queue()).jobs({ ended: MOST_RECENT })).flatMap(listed => jobView(listed, now()) ?? []),
    jobLog: async id => {
      await job(id)
      const { lines, full } = await (await queue()).logOf(id)
      return { lines: lines.flatMap(line => readLine(line) ?? []), full }
    },
    follow: async function* (id, signal) {
      let last: string | undefined
      for (;;) {
        const view = await jobOrOutage(job, id, last !== undefined)
        const text = JSON.stringify(view)
        if (view !== undefined && text !== last) {
          last = text
          yield view
        }
        if (view !== undefined && isFinal(view.state)) return
        if (signal?.aborted) return
        await delay(LOOK_MS, undefined, signal === undefined ? {} : { signal }).catch(() => undefined)
        if (signal?.aborted) return
      }
    },
    tryAgain: async id => {
      const view = await job(id)
      if (isFinal(view.state))
        throw new AgentError('job_finished', 'This job has ended already: start a new one instead.')
      const { triesAgainAt } = view
      // One that begins by itself just now must not be touched: PostgreSQL's queue could let it begin twice.
      if (triesAgainAt !== undefined && Date.parse(triesAgainAt) - now().getTime() > BEGINS_BY_ITSELF_MS)
        await (await queue()).hurry(id)
    },
    cancel: async id => {
      const view = await job(id)
      if (view.state === 'cancelled') return
      if (isFinal(view.state)) {
        throw new AgentError('job_finished', 'This job has ended already; there is nothing to cancel.')
      }
      await (await queue()).wantCancel(id)
    },
  }
}

/** A queue that is away for a moment does not end the watching of a job that was seen before. */
async function jobOrOutage(
  job: (id: JobId) => Promise<JobView>,
  id: JobId,
  seen: boolean,
): Promise<JobView | undefined> {
  try {
    return await job(id)
  } catch (error) {
    const isOver =
      error instanceof QueueClosedError || (error instanceof AgentError && error.code === 'job_unknown')
    if (seen && !isOver) return undefined
    throw error
  }
}

/** Queues a job after its data passed the schema. */
export async function startJob(queue: () => Promise<JobQueue>, data: JobData): Promise<string> {
  return (await queue()).add(JobData.parse(data))
}
