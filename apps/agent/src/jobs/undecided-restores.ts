import type { RestoreJob } from './job-data.ts'
import type { JobJournal } from './job-journal.ts'

/**
 * The restores that switched their database's schedules off and have not ended: they are being published, or were cut
 * off in it. Until they have, nobody knows whether the schedules come to rest.
 */
export async function undecidedRestores(journal: Pick<JobJournal, 'all'>): Promise<readonly RestoreJob[]> {
  const entries = await journal.all()
  return entries.flatMap(({ data }) => (data.kind === 'restore' && data.schedulesOff === true ? [data] : []))
}
