import type { JobView } from '@odoo-backup/protocol'
import { useMessages } from '../messages/index.ts'

const TONES: Readonly<Partial<Record<JobView['state'], string>>> = {
  active: 'tone-info',
  completed: 'tone-good',
  failed: 'tone-bad',
  cancelled: 'tone-warn',
}

/** How a job stands, in a word and a colour. */
export function JobState({ job }: { job: Pick<JobView, 'state'> }) {
  const { jobs: words } = useMessages()
  return <span class={`badge ${TONES[job.state] ?? ''}`}>{words.states[job.state]}</span>
}
