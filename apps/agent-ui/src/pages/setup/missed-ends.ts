import type { JobView } from '@odoo-backup/protocol'
import { useEffect, useState } from 'preact/hooks'
import { ask } from '../../api/ask.ts'
import { job as fetchJob } from '../../api/calls.ts'
import { isFinished } from '../../api/job-events.ts'

/**
 * Jobs that ended while the line to the agent was cut, by id: those that have ended are not told of when it is back.
 * @param round grows with each new connection
 */
export function useMissedEnds(followed: readonly JobView[], round: number): ReadonlyMap<string, JobView> {
  const [ended, setEnded] = useState<ReadonlyMap<string, JobView>>(new Map())
  useEffect(() => {
    const drops = followed
      .filter(job => !isFinished(job) && !ended.has(job.id))
      .map(({ id }) =>
        ask(signal => fetchJob(id, signal), {
          answer: job => {
            if (isFinished(job)) setEnded(before => new Map(before).set(id, job))
          },
          // The next connection asks again.
          failure: () => undefined,
        }),
      )
    return () => {
      for (const drop of drops) drop()
    }
  }, [round])
  return ended
}
