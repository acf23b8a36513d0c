import type { JobView } from '@odoo-backup/protocol'
import { jobs } from '../api/calls.ts'
import { useResource } from '../api/resource.ts'
import { formatMoment } from '../format.ts'
import { useMessages } from '../messages/index.ts'
import { Failure } from '../parts/failure.tsx'
import { placeLink } from '../router.ts'

const TONES: Readonly<Partial<Record<JobView['state'], string>>> = {
  completed: 'tone-good',
  failed: 'tone-bad',
  cancelled: 'tone-warn',
}

export function JobState({ job }: { job: JobView }) {
  const { jobs: words } = useMessages()
  return <span class={`badge ${TONES[job.state] ?? ''}`}>{words.states[job.state]}</span>
}

/** What runs, waits and has run, newest first. */
export function JobsPage() {
  const { jobs: words, language, app } = useMessages()
  const list = useResource('jobs', signal => jobs({ pageSize: 100 }, signal), 3)
  return (
    <section class="stack">
      <h1>{words.title}</h1>
      {list.error && <Failure error={list.error} onRetry={list.reload} />}
      {list.value === undefined && list.loading && <p class="soft">{app.loading}</p>}
      {list.value?.items.length === 0 && <p class="card soft">{words.empty}</p>}
      {list.value !== undefined && list.value.items.length > 0 && (
        <ul class="stack" style={{ listStyle: 'none', margin: 0, padding: 0 }}>
          {list.value.items.map(job => (
            <li key={job.id} class="card stack-tight">
              <div class="row row-spread">
                <a href={placeLink('jobs', job.id)}>
                  {words.kinds[job.kind]} <bdi>{job.database}</bdi>
                </a>
                <JobState job={job} />
              </div>
              <p class="small soft">{formatMoment(job.createdAt, language)}</p>
              {job.failure && (
                <p class="small field-error" dir="auto">
                  {job.failure.message.slice(0, 300)}
                </p>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
