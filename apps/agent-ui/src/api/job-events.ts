import type { JobView } from '@odoo-backup/protocol'
import { useEffect, useState } from 'preact/hooks'
import { job as fetchJob, jobs } from './calls.ts'
import { type ApiError, apiAddress } from './client.ts'
import { JobLine, type LineState } from './job-line.ts'
import { useResource } from './resource.ts'
import { onSession } from './session-news.ts'

const FINAL: ReadonlySet<JobView['state']> = new Set(['completed', 'failed', 'cancelled', 'skipped'])

/** Whether nothing more happens to a job. */
export const isFinished = (job: JobView): boolean => FINAL.has(job.state)

let shared: JobLine | undefined

/** The page's one line to all jobs, which follows whether the page is looked at and the network is there. */
function sharedLine(): JobLine {
  if (shared !== undefined) return shared
  const line = new JobLine({
    open: () => new EventSource(apiAddress('jobs/events')),
    probe: () => jobs({ pageSize: 1 }, new AbortController().signal),
    later: (ms, run) => {
      const timer = setTimeout(run, ms)
      return () => clearTimeout(timer)
    },
    random: Math.random,
    read: readJob,
  })
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') line.wake()
    else line.sleep()
  })
  window.addEventListener('online', () => line.wake())
  onSession('begun', () => line.wake())
  shared = line
  return line
}

function readJob(data: unknown): JobView | undefined {
  const job: unknown = typeof data === 'string' ? JSON.parse(data) : undefined
  return isJob(job) ? job : undefined
}

/** The agent validates what it sends; this only tells a job from anything else. */
function isJob(value: unknown): value is JobView {
  return typeof value === 'object' && value !== null && 'id' in value && 'state' in value
}

/** All jobs as they change, from the moment on when the page opened. */
export function useLiveJobs(): LineState {
  const line = sharedLine()
  const [state, setState] = useState(line.state)
  useEffect(() => line.listen(() => setState(line.state)), [line])
  return state
}

export interface LiveJob {
  readonly job: JobView | undefined
  /** Why there is none, such as that the agent knows of no such job. */
  readonly error: ApiError | undefined
  /** False while the line to the agent is cut; it comes back by itself. */
  readonly connected: boolean
}

/** Follows one job until it ends. What was missed while the line was cut is asked for. */
export function useJob(id: string): LiveJob {
  const { jobs: live, connected, round } = useLiveJobs()
  const asked = useResource(`${id} ${round}`, signal => fetchJob(id, signal))
  const told = live.get(id)
  const known = asked.value?.id === id ? asked.value : undefined
  const job = told === undefined || (known !== undefined && isFinished(known)) ? known : told
  return { job, error: job === undefined ? asked.error : undefined, connected }
}
