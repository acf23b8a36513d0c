import type { JobView } from '@odoo-backup/protocol'
import { useEffect, useState } from 'preact/hooks'
import { apiAddress } from './client.ts'

export interface LiveJob {
  readonly job: JobView | undefined
  /** False while the line to the agent is cut; the browser knocks again by itself. */
  readonly connected: boolean
}

const FINAL: ReadonlySet<JobView['state']> = new Set(['completed', 'failed', 'cancelled'])

export const isFinished = (job: JobView): boolean => FINAL.has(job.state)

/** Follows one job through server-sent events until it ends. */
export function useJob(id: string | undefined): LiveJob {
  const [live, setLive] = useState<LiveJob>({ job: undefined, connected: true })
  useEffect(() => {
    setLive({ job: undefined, connected: true })
    if (id === undefined) return
    const events = new EventSource(apiAddress(`jobs/${encodeURIComponent(id)}/events`))
    events.addEventListener('job', event => {
      const job: JobView = JSON.parse(event.data)
      setLive({ job, connected: true })
      if (isFinished(job)) events.close()
    })
    events.addEventListener('error', () => setLive(before => ({ ...before, connected: false })))
    events.addEventListener('open', () => setLive(before => ({ ...before, connected: true })))
    return () => events.close()
  }, [id])
  return live
}
