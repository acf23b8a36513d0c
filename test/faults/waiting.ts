import { setTimeout as delay } from 'node:timers/promises'
import type { JobView } from '@odoo-backup/protocol'
import type { OpenedAgent } from '../../apps/agent/src/open-agent.ts'
import type { Agent } from '../../apps/agent/src/operations.ts'

/** Asks again and again until the answer is there; the test's own time limit ends it otherwise. */
export async function until<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    await delay(50)
  }
}

/** Waits until a backup is in the middle of its upload, one that `before` was not; resolves to the upload's id. */
export function uploadBegun(opened: OpenedAgent, id: string, before?: string): Promise<string> {
  return until(async () => {
    const data = (await (await opened.queue.get()).job(id))?.job.data
    const uploadId = data?.kind === 'backup' ? data.started?.uploadId : undefined
    return uploadId === before ? undefined : uploadId
  })
}

/** Jobs that have not ended; without those of standing orders whose time has not come. */
export async function goingJobs(agent: Agent): Promise<JobView[]> {
  return (await agent.jobs()).filter(
    ({ finishedAt, state, attempt }) => finishedAt === undefined && !(state === 'delayed' && attempt === 0),
  )
}
