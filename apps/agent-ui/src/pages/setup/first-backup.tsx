import type { JobView } from '@odoo-backup/protocol'
import { useState } from 'preact/hooks'
import { useAction } from '../../api/action.ts'
import { startBackup } from '../../api/calls.ts'
import { isFinished, useJob } from '../../api/job-events.ts'
import { useMessages } from '../../messages/index.ts'
import { Failure, LongText } from '../../parts/failure.tsx'
import { JobState } from '../../parts/job-state.tsx'
import { ProgressBar } from '../../parts/progress-bar.tsx'
import { placeLink } from '../../router.ts'

/** Makes the first backup of each chosen database and shows it happen. */
export function FirstBackup({ databases }: { databases: readonly string[] }) {
  const { setup: words, dashboard, app } = useMessages()
  const [jobs, setJobs] = useState<readonly JobView[]>([])
  const start = useAction(async () => {
    const started: JobView[] = []
    for (const database of databases) started.push(await startBackup(database))
    setJobs(started)
  })
  return (
    <div class="stack">
      {jobs.length === 0 && (
        <div class="card stack">
          <p>{words.ready}</p>
          <div>
            <button
              type="button"
              class="button button-main"
              disabled={start.busy}
              onClick={() => start.run()}
            >
              {dashboard.backUpNow}
            </button>
          </div>
        </div>
      )}
      {start.error && <Failure error={start.error} />}
      {jobs.map(job => (
        <Watched key={job.id} first={job} />
      ))}
      <p>
        <a class="button" href={placeLink('dashboard')}>
          {app.toOverview}
        </a>
      </p>
    </div>
  )
}

function Watched({ first }: { first: JobView }) {
  const { job = first } = useJob(first.id)
  return (
    <div class="card stack-tight">
      <div class="row row-spread">
        <a href={placeLink('jobs', job.id)}>
          <bdi>{job.database}</bdi>
        </a>
        <span role="status">
          <JobState job={job} />
        </span>
      </div>
      {job.progress && !isFinished(job) && <ProgressBar progress={job.progress} />}
      {job.failure && <LongText text={job.failure.message} />}
    </div>
  )
}
