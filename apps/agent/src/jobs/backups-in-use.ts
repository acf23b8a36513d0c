import type { JobQueue } from '../queue/job-queue.ts'
import { JobData } from './job-data.ts'

/**
 * Names of the stored backups that jobs of this agent read, or will: running restores and drills, and those that wait
 * for their turn or their next attempt. Deleted now, they would fail in the middle of the work, or before it began.
 */
export async function backupsInUse(queue: Pick<JobQueue, 'jobs' | 'delayed'>): Promise<ReadonlySet<string>> {
  const names = new Set<string>()
  // Looked at before the others, as a job goes from here to them; and apart, since of very many the list has not all.
  for (const { data: given } of await queue.delayed()) {
    const { data } = JobData.safeParse(given)
    const name = data === undefined ? undefined : backupReadBy(data)
    if (name !== undefined) names.add(name)
  }
  for (const { job, state } of await queue.jobs({ ended: 1 })) {
    const { data } = JobData.safeParse(job.data)
    const name = data === undefined ? undefined : backupReadBy(data)
    if (name !== undefined && state !== 'completed' && state !== 'failed') names.add(name)
  }
  return names
}

function backupReadBy(data: JobData): string | undefined {
  if (data.kind === 'verify') return data.backup
  return data.kind === 'restore' && data.source.kind === 'stored' ? data.source.backup : undefined
}
